import { describe, expect, it } from 'vitest';
import { errorMatches } from '../../src/asl/errors.js';

describe('ErrorEquals', () => {
  it.each<[string[], string | undefined, boolean]>([
    [['CardDeclined'], 'CardDeclined', true],
    [['CardDeclined'], 'carddeclined', false],
    [['A', 'B'], 'B', true],
    [[], 'A', false],
    [['States.ALL'], 'Anything', true],
    [['States.ALL'], undefined, true],
    [['States.ALL'], 'States.Timeout', true],
    [['States.ALL'], 'States.DataLimitExceeded', true],
    [['States.ALL'], 'States.Runtime', false],
    [['States.Runtime'], 'States.Runtime', false],
    [['States.TaskFailed'], 'CardDeclined', true],
    [['States.TaskFailed'], 'States.Timeout', false],
    [['States.Timeout'], 'States.Timeout', true],
    [['States.Timeout'], 'States.HeartbeatTimeout', true],
    [['States.HeartbeatTimeout'], 'States.Timeout', false],
  ])('%j takes %s: %s', (names, error, expected) => {
    expect(errorMatches(names, error)).toBe(expected);
  });
});
