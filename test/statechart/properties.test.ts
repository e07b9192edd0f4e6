import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine as xCreate } from 'xstate';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import { isError, Refused } from '../../src/core/problem.js';
import { createMachine, initialTransition, type MachineConfig, transition } from '../../src/index.js';
import type { StatechartProgram } from '../../src/statechart/compile.js';
import type { AnyEvent } from '../../src/statechart/config.js';
import { statechart } from '../../src/statechart/language.js';
import { anyJson, damaged, leaf, VALID } from './damaged.js';

/** What XState itself writes of a machine. */
const DEFINITION = JSON.parse(
  JSON.stringify(
    xCreate({
      id: 'm',
      initial: 'a',
      states: {
        a: {
          entry: ['hello'],
          initial: 'x',
          after: { 5000: 'b' },
          on: { GO: 'b', LEFT: {} },
          states: { x: { on: { DEEP: 'y' } }, y: { type: 'final' } },
          onDone: 'b',
        },
        b: { invoke: { src: 't', id: 't', onDone: 'c', onError: 'a' }, on: { 'x.y': '#m.a.y' } },
        c: { type: 'final', output: 'bye' },
      },
    }),
  ),
) as Json;

const body: fc.Arbitrary<EventBody> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('signal' as const),
      name: fc.constantFrom(
        'GO',
        'DEEP',
        'RESET',
        'LEFT',
        'x.y',
        'x.z',
        'nobody',
        '__proto__',
        'constructor',
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('signal' as const),
      name: fc.constantFrom('GO', 'x.y'),
      data: anyJson,
    }),
  },
  fc.record({
    type: fc.constant('task.succeeded' as const),
    effect: fc.constantFrom('pending', '7.7'),
    output: leaf,
  }),
  fc.record({
    type: fc.constant('task.failed' as const),
    effect: fc.constantFrom('pending', '7.7'),
    error: fc.constant('E'),
    cause: fc.constant('why'),
  }),
  fc.record({ type: fc.constant('timer.fired' as const), effect: fc.constantFrom('pending', '__proto__') }),
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('stop' as const, 'continue' as const) }) },
);

function stamp(event: EventBody, revision: number): Event {
  return { ...event, id: `e${revision}`, instance: 'i', revision, at: revision * 1_000, seed: 's' };
}

/** `pending` stands for the first effect that is waited for, so that answers meet their questions. */
function aimed(event: EventBody, { state }: Standing): EventBody {
  if (!('effect' in event) || event.effect !== 'pending') return event;
  const pending = (state as { pending?: JsonObject } | null)?.pending ?? {};
  const fits = (waiting: Json) =>
    event.type.startsWith('timer') === Object.hasOwn(waiting as JsonObject, 'timer');
  const id = Object.keys(pending).find((key) => fits(pending[key] ?? {}));
  return { ...event, effect: id ?? '8.8' };
}

function run(program: StatechartProgram, bodies: readonly EventBody[], input: Json = null): Step[] {
  let standing = UNBORN;
  return [{ type: 'start', machine: 'm', input } as const, ...bodies].map((event, index) => {
    const step = fold(statechart, program, standing, stamp(aimed(event, standing), index + 1));
    standing = { status: step.status, state: step.state };
    return step;
  });
}

/** The program, or undefined where the source is refused; then check must have said the same. */
function compiled(source: Json): StatechartProgram | undefined {
  const problems = statechart.check(source);
  for (const { code, message, path } of problems) {
    expect(code).not.toBe('');
    expect(message).not.toBe('');
    expect(path === '' || path.startsWith('/')).toBe(true);
  }
  try {
    const program = statechart.compile(source);
    expect(problems.filter(isError)).toEqual([]);
    return program;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    const known = problems.filter(isError);
    expect(error.problems.every(({ code }) => code === 'missing-implementation') || known.length > 0).toBe(
      true,
    );
    return undefined;
  }
}

describe('whatever JSON comes', () => {
  it('check and compile say what is wrong with it, and never throw anything else', () => {
    fc.assert(
      fc.property(anyJson, (source) => void compiled(source)),
      { numRuns: 1_500 },
    );
  });

  it.each([
    ['a valid machine', VALID],
    ['the definition that XState writes of one', DEFINITION],
  ])('%s that was damaged is refused, or steps without throwing', (_, valid) => {
    let stepped = 0;
    fc.assert(
      fc.property(damaged(valid), fc.array(body, { maxLength: 8 }), anyJson, (source, events, input) => {
        const program = compiled(source);
        if (program === undefined) return;
        stepped++;
        for (const step of run(program, events, input)) {
          expect(JSON.parse(JSON.stringify(step))).toEqual(step);
          statechart.view(step.state);
          statechart.active(program, step.state);
          statechart.accepts(program, step.state);
        }
      }),
      { numRuns: 800 },
    );
    expect(stepped).toBeGreaterThan(100);
  });
});

describe('folding', () => {
  const program = statechart.compile(VALID);
  const events = fc.array(body, { maxLength: 20 });

  it('gives the same bytes again, from states that went through JSON, on a program compiled anew', () => {
    fc.assert(
      fc.property(events, (bodies) => {
        const steps = run(program, bodies);
        const again = statechart.compile(JSON.parse(JSON.stringify(VALID)) as Json);
        let standing: Standing = UNBORN;
        [{ type: 'start', machine: 'm', input: null } as const, ...bodies].forEach((event, index) => {
          const kept = JSON.parse(JSON.stringify(standing)) as Standing;
          const step = fold(statechart, again, kept, stamp(aimed(event, kept), index + 1));
          expect(JSON.stringify(step)).toBe(JSON.stringify(steps[index]));
          standing = { status: step.status, state: step.state };
        });
      }),
      { numRuns: 150 },
    );
  });

  it('changes nothing for an answer that is not waited for', () => {
    fc.assert(
      fc.property(events, (bodies) => {
        const last = run(program, bodies).at(-1);
        if (last === undefined || last.status !== 'running') return;
        const pending = Object.keys((last.state as { pending?: JsonObject }).pending ?? {});
        for (const type of ['task.succeeded', 'timer.fired', 'task.failed'] as const) {
          for (const effect of ['77.0', '1', 'toString', ...pending]) {
            const fits = pending.includes(effect);
            const answer = { type, effect, output: 1, error: 'E', cause: '' } as EventBody;
            const step = fold(
              statechart,
              program,
              { status: 'running', state: last.state },
              stamp(answer, 99),
            );
            if (!fits)
              expect(step).toMatchObject({ state: last.state, effects: [], outcome: { kind: 'ignored' } });
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('waits for exactly what was asked for and neither answered nor cancelled', () => {
    fc.assert(
      fc.property(events, (bodies) => {
        const open = new Set<string>();
        let standing: Standing = UNBORN;
        [{ type: 'start', machine: 'm', input: null } as const, ...bodies].forEach((event, index) => {
          const aim = aimed(event, standing);
          const step = fold(statechart, program, standing, stamp(aim, index + 1));
          if (step.outcome.kind === 'applied' && 'effect' in aim) open.delete(aim.effect);
          for (const effect of step.effects) {
            if (effect.type === 'cancel') expect(open.delete(effect.target)).toBe(true);
            else if (effect.type === 'timer' || (effect.type === 'task' && effect.ask)) open.add(effect.id);
          }
          const pending = (step.state as { pending?: JsonObject } | null)?.pending ?? {};
          expect(Object.keys(pending).sort()).toEqual([...open].sort());
          standing = { status: step.status, state: step.state };
        });
      }),
      { numRuns: 150 },
    );
  });

  it('goes the way of pure transitions', () => {
    const machine = createMachine(VALID as MachineConfig<unknown, AnyEvent>);
    const signals = fc.array(
      fc.record({
        name: fc.constantFrom('GO', 'DEEP', 'RESET', 'x.y', 'x.z', 'nobody'),
        v: fc.option(leaf, { nil: undefined }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(signals, (sent) => {
        const bodies = sent.map(({ name, v }): EventBody => {
          return v === undefined ? { type: 'signal', name } : { type: 'signal', name, data: { v } };
        });
        let [snapshot] = initialTransition(machine);
        const steps = run(statechart.compile(machine.source, machine.implementations), bodies);
        sent.forEach(({ name, v }, index) => {
          try {
            [snapshot] = transition(machine, snapshot, v === undefined ? { type: name } : { type: name, v });
          } catch (error) {
            expect(error).toBeInstanceOf(Refused);
          }
          const { value, context } = statechart.view(steps[index + 1]?.state ?? null);
          expect({ value, context }).toEqual({ value: snapshot.value, context: snapshot.context });
        });
      }),
      { numRuns: 200 },
    );
  });
});
