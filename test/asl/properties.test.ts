import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import { type Json, jsonEqual } from '../../src/core/json.js';
import { isError } from '../../src/core/problem.js';
import { type Behaviour, drive } from './drive.js';
import { compiled, mutated, oddJson, stamped } from './odd-definition.js';

/** A definition that runs, of five states. */
const SOUND: Json = {
  StartAt: 'Make',
  States: {
    Make: {
      Type: 'Pass',
      Parameters: { 'n.$': '$.n', 'was.$': '$$.State.Name' },
      ResultPath: '$.made',
      Next: 'Work',
    },
    Work: {
      Type: 'Task',
      Resource: 'work',
      Parameters: { 'n.$': '$.made.n' },
      ResultPath: '$.work',
      Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2, JitterStrategy: 'FULL' }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Rest' }],
      Next: 'Which',
    },
    Which: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.work', NumericGreaterThan: 2, Next: 'Done' },
        {
          And: [
            { Variable: '$.work', IsNumeric: true },
            { Variable: '$.n', IsPresent: true },
          ],
          Next: 'Rest',
        },
      ],
      Default: 'Done',
    },
    Rest: { Type: 'Wait', Seconds: 3, Next: 'Work' },
    Done: { Type: 'Succeed', OutputPath: '$.work' },
  },
};

/** One whose states begin threads, which begin threads: a list of which each item may fail, beside a branch that waits. */
const THREADED: Json = {
  StartAt: 'Both',
  States: {
    Both: {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'Each',
          States: {
            Each: {
              Type: 'Map',
              ItemsPath: '$.list',
              MaxConcurrency: 2,
              ItemSelector: { 'v.$': '$$.Map.Item.Value', 'at.$': '$$.Map.Item.Index' },
              ItemProcessor: {
                ProcessorConfig: { Mode: 'INLINE' },
                StartAt: 'Item',
                States: { Item: { Type: 'Task', Resource: 'work', End: true } },
              },
              Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
              Assign: { 'gave.$': '$' },
              End: true,
            },
          },
        },
        { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 2, End: true } } },
      ],
      Catch: [{ ErrorEquals: ['Boom'], ResultPath: '$.error', Next: 'Done' }],
      ResultPath: '$.all',
      Next: 'Done',
    },
    Done: { Type: 'Pass', End: true },
  },
};

const LIST = { list: [1, 2, 3] };

const mutants = fc
  .tuple(fc.constantFrom(SOUND, THREADED), fc.array(fc.nat(99), { minLength: 8, maxLength: 8 }), oddJson)
  .map(([sound, choices, replacement]) => {
    let next = 0;
    return mutated(sound, () => choices[next++ % choices.length] ?? 0, replacement);
  });

/** What can reach an execution whose effects are numbered like these. */
const effect = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 2 }))
  .map(([a, b]) => `${a}.${b}`);
const bodies: fc.Arbitrary<EventBody> = fc.oneof(
  effect.chain((id) => oddJson.map((output): EventBody => ({ type: 'task.succeeded', effect: id, output }))),
  effect.map(
    (id): EventBody => ({ type: 'task.failed', effect: id, error: 'Busy', cause: 'x', startedAt: 1 }),
  ),
  effect.map((id): EventBody => ({ type: 'timer.fired', effect: id })),
  fc.constant<EventBody>({ type: 'continue' }),
  fc.constant<EventBody>({ type: 'redrive', inputs: {} }),
  fc.constant<EventBody>({ type: 'stop', error: 'Enough' }),
  fc.constant<EventBody>({ type: 'signal', name: 'go' }),
  fc.constant<EventBody>({ type: 'start', machine: 'm', input: {} }),
);

/** Folds events until the instance has ended; the state goes through text every time. */
function folded(program: ReturnType<typeof asl.compile>, events: readonly Event[]): Standing[] {
  let standing: Standing = UNBORN;
  return events.map((event) => {
    const step = fold(asl, program, standing, event);
    standing = { status: step.status, state: JSON.parse(JSON.stringify(step.state)) as Json };
    // Also no key that text would drop.
    expect(jsonEqual(standing.state, step.state)).toBe(true);
    return standing;
  });
}

describe('whatever comes', () => {
  it('is checked without throwing, and compiled if nothing is wrong', () => {
    fc.assert(
      fc.property(fc.oneof(oddJson, mutants), (definition) => {
        const wrong = asl.check(definition).some(isError);
        expect(compiled(definition) === undefined).toBe(wrong);
      }),
      { numRuns: 1_000 },
    );
  });

  it('runs without throwing, whatever reaches it in whatever order', () => {
    fc.assert(
      fc.property(
        mutants,
        fc.oneof(oddJson, fc.constant(LIST)),
        fc.array(bodies, { maxLength: 8 }),
        (definition, input, more) => {
          const program = compiled(definition);
          if (program === undefined) return;
          const start: EventBody = { type: 'start', machine: 'm', input };
          folded(
            program,
            [start, ...more].map((body, i) => stamped(body, i + 1)),
          );
        },
      ),
      { numRuns: 700 },
    );
  });

  it('folds to the same bytes again, and pending answers alone change anything', () => {
    const programs = fc.constantFrom(asl.compile(SOUND), asl.compile(THREADED));
    const any = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(programs, any, fc.array(bodies, { maxLength: 10 }), (program, n, more) => {
        const start: EventBody = { type: 'start', machine: 'm', input: { n, ...LIST } };
        const events = [start, ...more].map((body, i) => stamped(body, i + 1));
        const once = folded(program, events);
        expect(JSON.stringify(folded(program, events))).toBe(JSON.stringify(once));
        events.forEach((event, i) => {
          const before = once[i - 1];
          if (before === undefined || !('effect' in event)) return;
          const pending = JSON.stringify(before.state).includes(`"effect":"${event.effect}"`);
          if (!pending) expect(JSON.stringify(once[i])).toBe(JSON.stringify(before));
        });
      }),
      { numRuns: 200 },
    );
  });

  it('ends, with one last event in its history, ids without a gap', () => {
    const sound = fc.constantFrom(SOUND, THREADED);
    const outcome = fc.oneof(
      fc.integer({ min: 0, max: 6 }).map((output) => ({ output })),
      fc.constantFrom('Busy', 'Boom', 'Timeout').map((error) => ({ error, cause: 'x' })),
    );
    fc.assert(
      fc.property(
        sound,
        fc.array(outcome, { maxLength: 6 }),
        fc.boolean(),
        (definition, outcomes, hasNumber) => {
          const work: Behaviour = (_, attempt) => outcomes[attempt - 1] ?? { output: 9 };
          const input = hasNumber ? { n: 1, ...LIST } : LIST;
          const run = drive(definition, input, { handlers: { work } });
          const ids = new Set([0, ...run.history.map(({ id }) => id)]);
          expect(run.history.every(({ previousEventId = -1 }) => ids.has(previousEventId))).toBe(true);
          expect(run.history.map(({ id }) => id)).toEqual(run.history.map((_, i) => i + 1));
          expect(run.types.filter((type) => type.startsWith('Execution'))).toEqual([
            'ExecutionStarted',
            run.status === 'succeeded' ? 'ExecutionSucceeded' : 'ExecutionFailed',
          ]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
