import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_RETRY_DELAY_SECONDS } from '../../src/asl/limits.js';
import { type Retrier, retryDelayMs } from '../../src/asl/retry.js';
import type { Json } from '../../src/core/json.js';
import { type Behaviour, drive } from './drive.js';

const failing: Behaviour = () => ({ error: 'Busy', cause: 'try later' });

function workflow(Retry: Json, more: Record<string, Json> = {}): Json {
  return { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: 'work', Retry, End: true, ...more } } };
}

describe('a Retrier', () => {
  it('tries again after one, two and four seconds, three times, unless it says otherwise', () => {
    const run = drive(workflow([{ ErrorEquals: ['Busy'] }]), {}, { handlers: { work: failing } });
    expect(run.status).toBe('failed');
    expect(run.error).toBe('Busy');
    expect(run.elapsedMs).toBe(7_000);
    expect(run.types.filter((type) => type === 'LambdaFunctionScheduled')).toHaveLength(4);
    expect(run.types.filter((type) => type === 'TaskStateEntered')).toHaveLength(1);
  });

  it('goes on once an attempt succeeds', () => {
    const work: Behaviour = (_, attempt) => (attempt < 3 ? { error: 'Busy' } : { output: attempt });
    const run = drive(
      workflow([{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 1 }]),
      {},
      {
        handlers: { work },
      },
    );
    expect(run).toMatchObject({ status: 'succeeded', output: 3, elapsedMs: 10_000 });
  });

  it('does nothing with MaxAttempts 0, and keeps others from trying', () => {
    const Retry = [{ ErrorEquals: ['Busy'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    const run = drive(workflow(Retry), {}, { handlers: { work: failing } });
    expect(run).toMatchObject({ status: 'failed', elapsedMs: 0 });
  });

  it('counts for itself', () => {
    const work: Behaviour = (_, attempt) => ({ error: attempt % 2 === 0 ? 'Even' : 'Odd' });
    const Retry = [
      { ErrorEquals: ['Odd'], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 10 },
      { ErrorEquals: ['Even'], MaxAttempts: 1, IntervalSeconds: 2, BackoffRate: 10 },
    ];
    const run = drive(workflow(Retry), {}, { handlers: { work } });
    // Odd after 1 s, Even after 2 s, Odd after 10 s, then Even has no attempt left.
    expect(run).toMatchObject({ status: 'failed', error: 'Even', elapsedMs: 13_000 });
  });

  it('begins anew when the state is entered again', () => {
    const definition = {
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: 'work',
          Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1, BackoffRate: 1 }],
          Catch: [{ ErrorEquals: ['Busy'], Next: 'Count' }],
          End: true,
        },
        Count: { Type: 'Wait', Seconds: 10, Next: 'Again' },
        Again: { Type: 'Task', Resource: 'count', Next: 'Which' },
        Which: {
          Type: 'Choice',
          Choices: [{ Variable: '$', NumericLessThan: 3, Next: 'Work' }],
          Default: 'Done',
        },
        Done: { Type: 'Succeed' },
      },
    };
    const count: Behaviour = (_, attempt) => ({ output: attempt });
    const run = drive(definition, {}, { handlers: { work: failing, count } });
    expect(run.types.filter((type) => type === 'LambdaFunctionFailed')).toHaveLength(6);
    expect(run.elapsedMs).toBe(33_000);
  });

  it('leaves to Catch what it has no attempts left for', () => {
    const Catch = [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.why', Next: 'Saved' }];
    const definition = {
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: 'work',
          Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
          Catch,
          End: true,
        },
        Saved: { Type: 'Pass', End: true },
      },
    };
    const run = drive(definition, { a: 1 }, { handlers: { work: failing } });
    expect(run.output).toEqual({ a: 1, why: { Error: 'Busy', Cause: 'try later' } });
  });

  it('jitters between nothing and the whole pause, the same way for the same seeds', () => {
    const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 100, BackoffRate: 1, JitterStrategy: 'FULL' }];
    const elapsed = (seed: string) =>
      drive(workflow(Retry), {}, { handlers: { work: failing }, seed }).elapsedMs;
    const times = ['a', 'b', 'c', 'd', 'e'].map(elapsed);
    expect(new Set(times).size).toBeGreaterThan(1);
    expect(times.every((ms) => ms >= 0 && ms <= 300_000)).toBe(true);
    expect(elapsed('a')).toBe(times[0]);
  });

  it('never pauses longer than MaxDelaySeconds, nor than a hundred years', () => {
    const retrier = fc.record({
      errorEquals: fc.constant([]),
      intervalSeconds: fc.nat(99_999_999),
      maxAttempts: fc.constant(99),
      backoffRate: fc.double({ min: 1, max: 1e6, noNaN: true }),
      maxDelaySeconds: fc.option(fc.integer({ min: 1, max: MAX_RETRY_DELAY_SECONDS }), { nil: undefined }),
      jitter: fc.constant(false),
    });
    fc.assert(
      fc.property(retrier, fc.nat(99_999_999), (one: Retrier, used) => {
        const delay = retryDelayMs(one, used);
        expect(Number.isSafeInteger(delay)).toBe(true);
        expect(delay).toBeLessThanOrEqual((one.maxDelaySeconds ?? 100 * 365 * 86_400) * 1_000);
      }),
    );
  });
});
