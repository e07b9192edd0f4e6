import { describe, expect, it } from 'vitest';
import type { Refused } from '../../src/core/problem.js';
import { type Retention, sweepRules } from '../../src/core/retention.js';

const DAY = 86_400_000;

function refusal(retention: unknown): (string | undefined)[][] {
  try {
    sweepRules(retention as Retention);
  } catch (error) {
    return (error as Refused).problems.map(({ code, path, hint }) => {
      expect(code).toBe('retention-invalid');
      return [path, hint];
    });
  }
  throw new Error('it was taken');
}

describe('sweepRules', () => {
  it('deletes nothing where nothing is said', () => {
    expect(sweepRules({})).toEqual([]);
    expect(sweepRules({ machines: {} })).toEqual([]);
    expect(sweepRules({ instances: 'forever' })).toEqual([]);
  });

  it('has a rule for everything that is kept for a time', () => {
    const retention = { instances: '30d', jobs: '12h', journals: '90d', letters: 1_000 };
    expect(sweepRules(retention)).toEqual([
      { what: 'instances', ageMs: 30 * DAY },
      { what: 'jobs', ageMs: DAY / 2 },
      { what: 'journals', ageMs: 90 * DAY },
      { what: 'letters', ageMs: 1_000 },
    ]);
  });

  it('keeps apart the machines that have an age of their own, or are kept for ever', () => {
    const machines = { order: { instances: '1y' }, till: { instances: 'forever', jobs: '1d' } };
    expect(sweepRules({ instances: '30d', machines })).toEqual([
      { what: 'instances', ageMs: 365 * DAY, machines: ['order'] },
      { what: 'instances', ageMs: 30 * DAY, exceptMachines: ['order', 'till'] },
      { what: 'jobs', ageMs: DAY, machines: ['till'] },
    ]);
    expect(sweepRules({ machines: { order: { journals: '1d' } } })).toEqual([
      { what: 'journals', ageMs: DAY, machines: ['order'] },
    ]);
  });

  it('says everything that is wrong, and where', () => {
    expect(
      refusal({ instance: '30d', jobs: 'soon', machines: { 'a~b': { letters: '1d', jobs: -1 }, c: '1d' } }),
    ).toEqual([
      ['/instance', 'did you mean "instances"?'],
      ['/machines/a~0b/letters', 'known: instances, jobs, journals'],
      ['/machines/c', undefined],
      ['/machines/a~0b/jobs', 'write 30d, 12h, 1y, or forever'],
      ['/jobs', 'write 30d, 12h, 1y, or forever'],
    ]);
    expect(refusal(null)).toEqual([['', undefined]]);
    expect(refusal({ machines: [] })).toEqual([['/machines', undefined]]);
    expect(refusal(JSON.parse('{"__proto__":"1d","constructor":"1d"}')).map(([path]) => path)).toEqual([
      '/__proto__',
      '/constructor',
    ]);
  });
});
