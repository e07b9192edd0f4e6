import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import { UPDATE_MAP_RUN } from '../../src/asl/map-run/map-run-change.js';
import type { AslProgram } from '../../src/asl/program.js';
import type { Effect } from '../../src/core/effect.js';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import { childName } from '../../src/core/identifier.js';
import { hasEnded } from '../../src/core/instance.js';
import type { Json } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import { isError } from '../../src/core/problem.js';
import { milliseconds } from '../expression/processor-time.js';
import { compiled, mutated, oddJson, stamped } from './odd-definition.js';
import { hasCorpus, readCases } from './recorded-case.js';

/** Other seeds look elsewhere. */
const SEED = Number(process.env['DETENT_ASL_SEED'] ?? 7);

/** Milliseconds of the processor that one step may take on a machine that does much else. */
const STEP_MS = 5_000;

const ERRORS = ['Boom', 'States.Timeout', 'States.TaskFailed', 'States.Runtime', 'worker-lost', ''];

/** What happens next to an execution: some choices, which pick from what there is, and what an answer brings. */
interface Turn {
  readonly kind: number;
  readonly which: number;
  readonly value: Json;
}

const turns: fc.Arbitrary<Turn[]> = fc.array(
  fc.record({ kind: fc.nat(99), which: fc.nat(99), value: oddJson }),
  { minLength: 1, maxLength: 14 },
);

/** An execution as a worker and the world around it see it: what it waits for, and what it waited for once. */
class World {
  readonly events: Event[] = [];
  readonly #program: AslProgram;
  readonly #asked: Effect[] = [];
  standing: Standing = UNBORN;

  constructor(program: AslProgram) {
    this.#program = program;
  }

  /** Carries an event out; the state goes through text as it does when it is stored. */
  apply(body: EventBody): Step {
    const event = stamped(body, this.events.length + 1);
    let step: Step | undefined;
    const time = milliseconds(() => {
      step = fold(asl, this.#program, this.standing, event);
    });
    if (step === undefined) throw new Error('there is no step');
    expect(time).toBeLessThan(STEP_MS);
    this.events.push(event);
    this.#asked.push(...step.effects);
    this.standing = { status: step.status, state: JSON.parse(JSON.stringify(step.state)) as Json };
    asl.view(this.standing.state);
    asl.active(this.#program, this.standing.state);
    if (step.unfinished === true && this.events.length < 60) this.apply({ type: 'continue' });
    return step;
  }

  /** Most answers are to what was asked for, be it pending, answered or cancelled by now. */
  next({ kind, which, value }: Turn): EventBody {
    const asked = this.#asked.filter(({ type }) => type !== 'cancel');
    const effect = asked[asked.length - 1 - (which % Math.max(1, Math.min(asked.length, 6)))];
    const id = effect?.id ?? `${which % 5}.0`;
    if (kind < 45) return answer(effect, id, value);
    if (kind < 65) {
      return {
        type: 'task.failed',
        effect: id,
        error: ERRORS[which % ERRORS.length] ?? '',
        cause: JSON.stringify(value),
      };
    }
    if (kind < 75) return { type: 'timer.fired', effect: id };
    if (kind < 80) return { type: 'task.heartbeat', effect: id };
    if (kind < 83) return { type: 'signal', name: 'go', data: value };
    if (kind < 85)
      return { type: 'signal', name: UPDATE_MAP_RUN, data: { mapRun: '1.0', maxConcurrency: which } };
    if (kind < 88) return { type: 'continue' };
    if (kind < 94) return { type: 'redrive', inputs: {} };
    if (kind < 97) return { type: 'stop', error: 'Enough' };
    return { type: 'child.ended', effect: id, child: 'x', status: 'failed', output: value, error: 'Boom' };
  }
}

function answer(asked: Effect | undefined, effect: string, output: Json): EventBody {
  switch (asked?.type) {
    case 'timer':
      return { type: 'timer.fired', effect };
    case 'spawn': {
      const { group = effect, index = 0, part } = asked;
      // What reads items ends with their number.
      const read = part !== undefined && asked.group === undefined;
      const status = index % 4 === 3 ? 'failed' : 'succeeded';
      return {
        type: 'child.ended',
        effect: group,
        child: childName('i', group, index),
        status,
        output: read ? 7 : output,
      };
    }
    case 'gather': {
      const results = asked.children.map(({ index }) => ({ index, status: 'succeeded' as const, output }));
      return { type: 'gathered', effect, results };
    }
    default:
      return { type: 'task.succeeded', effect, output };
  }
}

/** Distributed Maps with all that there is but a reader, of which few recordings have more than one thing. */
const DISTRIBUTED = ['JSONPath', 'JSONata'].map((QueryLanguage) => {
  const isPath = QueryLanguage === 'JSONPath';
  const ResultWriter = {
    Resource: 'arn:aws:states:::s3:putObject',
    [isPath ? 'Parameters' : 'Arguments']: { Bucket: 'b', Prefix: 'p' },
    WriterConfig: { Transformation: 'FLATTEN', OutputType: 'JSONL' },
  };
  const Each = {
    Type: 'Map',
    ...(isPath ? { ItemsPath: '$.items' } : { Items: '{% $states.input.items %}' }),
    ItemSelector: isPath ? { 'n.$': '$$.Map.Item.Value' } : { n: '{% $states.context.Map.Item.Value %}' },
    ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { all: true } },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'One',
      States: { One: { Type: 'Pass', End: true } },
    },
    ...{ MaxConcurrency: 2, ToleratedFailureCount: 1, ResultWriter },
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Plain' }],
    Next: 'Plain',
  };
  const { ResultWriter: _, Next: __, ItemBatcher: ___, Catch: ____, ...plain } = Each;
  const definition = { QueryLanguage, StartAt: 'Each', States: { Each, Plain: { ...plain, End: true } } };
  return {
    definition: JSON.parse(JSON.stringify(definition)) as Json,
    input: { items: [1, 2, 3, 4, 5, 6, 7] },
  };
});

/** The same events again, the state never written down in between, as a turn folds what has come together. */
function foldedAtOnce(program: AslProgram, events: readonly Event[]): Standing {
  let standing: Standing = UNBORN;
  for (const event of events) {
    const step = fold(asl, program, standing, event);
    standing = { status: step.status, state: step.state };
  }
  return standing;
}

describe.skipIf(!hasCorpus)('a recorded definition with something in it changed', () => {
  const cases = readCases().filter(
    ({ kind, definition }) => kind === 'execution' && typeof definition === 'object',
  );
  const definitions = [...new Map(cases.map((one) => [JSON.stringify(one.definition), one])).values()];

  const mutants = fc
    .tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...definitions) },
        { weight: 1, arbitrary: fc.constantFrom(...DISTRIBUTED) },
      ),
      fc.array(fc.nat(99), { minLength: 12, maxLength: 12 }),
      oddJson,
      fc.integer({ min: 0, max: 2 }),
    )
    .map(([{ definition, input }, choices, replacement, times]) => {
      let next = 0;
      let mutant = definition;
      for (let i = 0; i < times; i++) {
        // A definition that is replaced as a whole is tried elsewhere.
        mutant = mutated(
          mutant,
          () => (next++ === 0 ? 1 : (choices[next % choices.length] ?? 0)),
          replacement,
        );
      }
      return { definition: mutant, input };
    });

  it('is checked and compiled without throwing', () => {
    fc.assert(
      fc.property(mutants, ({ definition }) => {
        const wrong = asl.check(definition).some(isError);
        expect(compiled(definition) === undefined).toBe(wrong);
      }),
      { seed: SEED, numRuns: 800 },
    );
  });

  it('steps without throwing or hanging, and to the same bytes however its events are folded', () => {
    let ran = 0;
    fc.assert(
      fc.property(mutants, fc.option(oddJson), turns, ({ definition, input }, other, script) => {
        const program = compiled(definition);
        if (program === undefined) return;
        ran++;
        const world = new World(program);
        world.apply({ type: 'start', machine: 'm', input: other ?? input ?? {} });
        for (const turn of script) {
          const { status } = world.standing;
          const event = world.next(turn);
          const step = world.apply(event);
          // What has ended without success can be redriven, and that is all.
          const isOver = hasEnded(status) && (status === 'succeeded' || event.type !== 'redrive');
          if (isOver) expect(step.outcome.kind).not.toBe('applied');
        }
        const again = foldedAtOnce(program, world.events);
        expect(JSON.stringify(again)).toBe(JSON.stringify(world.standing));
      }),
      { seed: SEED, numRuns: 500 },
    );
    expect(ran).toBeGreaterThan(100);
  });
});
