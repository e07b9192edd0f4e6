import { describe, expect, it } from 'vitest';
import { addressProblem, childName, idProblem } from '../../src/core/identifier.js';
import { SCHEDULE_MACHINE, scheduleId, scheduleName } from '../../src/core/schedule-id.js';

describe('the id of a schedule', () => {
  it('is none that a user can choose, but can be sent to', () => {
    expect(idProblem('instance id', scheduleId('nightly'))).toBeDefined();
    expect(idProblem('machine', SCHEDULE_MACHINE)).toBeDefined();
    expect(addressProblem(scheduleId('nightly'))).toBeUndefined();
  });

  it('is told from those of children, of its own and of an instance called "schedule"', () => {
    expect(scheduleName(scheduleId('nightly'))).toBe('nightly');
    expect(scheduleName(childName(scheduleId('nightly'), '3.0', 0))).toBeUndefined();
    expect(scheduleName(childName('schedule', '3.0', 0))).toBeUndefined();
    expect([scheduleName('schedule/'), scheduleName('schedule'), scheduleName('order-1')]).toEqual(
      Array.from({ length: 3 }, () => undefined),
    );
  });
});
