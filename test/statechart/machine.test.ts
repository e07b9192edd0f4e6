import { describe, expect, it } from 'vitest';
import { explain } from '../../src/analysis/analysis.js';
import type { Json } from '../../src/core/json.js';
import { isError, type Problem } from '../../src/core/problem.js';
import {
  assign,
  createMachine,
  initialTransition,
  type MachineConfig,
  Refused,
  transition,
} from '../../src/index.js';
import type { AnyEvent } from '../../src/statechart/config.js';
import { statechart } from '../../src/statechart/language.js';

function problemsOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof Refused) return error.problems;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('createMachine', () => {
  const order = createMachine(
    {
      id: 'order',
      context: ({ input }) => ({ qty: Number(input), log: [] as string[] }),
      initial: 'idle',
      states: {
        idle: {
          entry: ['greet', ({ context }) => `entered with ${context.qty}`],
          on: {
            ADD: {
              guard: ({ event }, params) => event['by'] !== params,
              actions: assign({ qty: ({ context, event }) => context.qty + Number(event['by']) }),
            },
            SHIP: { target: 'shipped', guard: 'stocked' },
            FORBIDDEN: undefined,
          },
        },
        shipped: { type: 'final', output: ({ context }) => context.qty },
      },
    },
    {
      version: '7',
      guards: { stocked: ({ context }) => context.qty > 2 },
      actions: { greet: (_, params) => `hello ${String(params)}` },
    },
  );

  it('leaves a source of plain JSON, with functions named by where they stood', () => {
    expect(JSON.parse(JSON.stringify(order.source))).toEqual(order.source);
    expect(order.source).toMatchObject({
      context: '{@ order:#context @}',
      states: {
        idle: {
          entry: ['greet', 'order:#idle.entry.1'],
          on: {
            ADD: {
              guard: 'order:#idle.on.ADD.guard',
              actions: { assign: { qty: '{@ order:#idle.on.ADD.actions.0.assign.qty @}' } },
            },
            FORBIDDEN: {},
          },
        },
        shipped: { output: '{@ order:#shipped.output @}' },
      },
    });
  });

  it('can be compiled again from its source and its implementations', () => {
    const program = statechart.compile(order.source, order.implementations);
    expect(program.tasks).toEqual(['greet', 'order:#idle.entry.1']);
    expect(order.implementations.version).toBe('7');
    expect(
      problemsOf(() => statechart.compile(order.source)).map(({ code, path }) => `${code} ${path}`),
    ).toEqual([
      'missing-implementation /states/idle/on/ADD/actions/assign/qty',
      'missing-implementation /states/idle/on/ADD/guard',
      'missing-implementation /states/idle/on/SHIP/guard',
      'missing-implementation /states/shipped/output',
      'missing-implementation /context',
    ]);
  });

  it('may be given its guards later, and is not stepped before', () => {
    const door = createMachine({
      id: 'door',
      initial: 'shut',
      states: {
        shut: { on: { PUSH: { target: 'open', guard: { and: ['free', 'may'] } } } },
        open: {},
      },
    });
    expect(problemsOf(() => initialTransition(door)).map(({ code, path }) => `${code} ${path}`)).toEqual([
      'missing-implementation /states/shut/on/PUSH/guard/and/0',
      'missing-implementation /states/shut/on/PUSH/guard/and/1',
    ]);
    const free = door.provide({ guards: { free: () => true } });
    expect(problemsOf(() => initialTransition(free))).toHaveLength(1);
    expect(problemsOf(() => statechart.compile(free.source, free.implementations))).toHaveLength(1);
    const whole = free.provide({ guards: { may: () => true } });
    expect(transition(whole, initialTransition(whole)[0], { type: 'PUSH' })[0].value).toBe('open');
    expect(statechart.compile(whole.source, whole.implementations).id).toBe('door');
  });

  it('takes nothing but functions for guards', () => {
    const config: MachineConfig<unknown, AnyEvent> = { on: { GO: { guard: 'may' } } };
    const given = { guards: { may: 7 } } as never;
    expect(problemsOf(() => createMachine(config, given)).map(({ code }) => code)).toEqual([
      'wrong-implementation',
    ]);
  });

  it('runs with its functions', () => {
    let [snapshot, effects] = initialTransition(order, 1);
    expect(effects.map((effect) => effect.type === 'task' && effect.name)).toEqual([
      'greet',
      'order:#idle.entry.1',
    ]);
    expect(transition(order, snapshot, { type: 'SHIP' })[0]).toBe(snapshot);
    [snapshot, effects] = transition(order, snapshot, { type: 'ADD', by: 4 });
    [snapshot, effects] = transition(order, snapshot, { type: 'SHIP' });
    expect(snapshot).toMatchObject({ status: 'done', output: 5 });
  });

  it('gives its actions as handlers, which are called as XState calls actions', () => {
    const [, effects] = initialTransition(order, 3);
    const results = effects.map(
      (effect) => effect.type === 'task' && order.handlers[effect.name]?.(effect.input, {}),
    );
    expect(results).toEqual(['hello undefined', 'entered with 3']);
  });

  it('hands params to an action with a function as they are, and to other handlers alone', () => {
    const config: MachineConfig<{ n: number }, AnyEvent> = {
      context: { n: 1 },
      entry: [
        { type: 'here', params: { by: '{% context.n %}' } },
        { type: 'there', params: { by: '{% context.n %}' } },
      ],
    };
    const seen: unknown[] = [];
    const machine = createMachine(config, { actions: { here: (scope, params) => seen.push(scope, params) } });
    const [, effects] = initialTransition(machine);
    for (const effect of effects)
      if (effect.type === 'task') machine.handlers[effect.name]?.(effect.input, {});
    expect(seen).toEqual([
      { context: { n: 1 }, event: { type: 'xstate.init', input: undefined } },
      { by: 1 },
    ]);
    expect(effects[1]).toMatchObject({ name: 'there', input: { by: 1 } });
  });

  it('runs an action that is implemented by an assign within the step, params and all', () => {
    const machine = createMachine(
      {
        context: { n: 1 },
        on: {
          ADD: { actions: { type: 'add', params: { by: '{% event.data.by %}' } } },
          DOUBLE: { actions: 'double' },
        },
      },
      {
        actions: {
          add: assign({ n: ({ context }, params) => context.n + (params as { by: number }).by }),
          double: { assign: { n: '{% context.n * 2 %}' } },
        },
      },
    );
    const [start] = initialTransition(machine);
    const [next, effects] = transition(machine, start, { type: 'ADD', by: 4 });
    expect(transition(machine, next, { type: 'DOUBLE' })[0].context).toEqual({ n: 10 });
    expect(effects).toEqual([]);
    expect(Object.keys(machine.handlers)).toEqual([]);
  });

  it('takes the event as it is for functions, and as data for expressions', () => {
    const machine = createMachine({
      context: { fn: 0, expression: 0, given: 0 },
      on: {
        FLAT: { assign: { fn: ({ event }) => event['qty'] as number, expression: '{% event.data.qty %}' } },
        DATA: { assign: { given: '{% event.data.qty %}' } },
      },
    });
    const [start] = initialTransition(machine);
    const [flat] = transition(machine, start, { type: 'FLAT', qty: 3 });
    expect(transition(machine, flat, { type: 'DATA', data: { qty: 4 }, other: 1 })[0].context).toEqual({
      fn: 3,
      expression: 3,
      given: 4,
    });
  });

  it('refuses everything that is wrong at once, with the places in what was written', () => {
    const wrong = {
      initial: 'x',
      states: { a: { entry: [5n], on: { GO: 'b' } } },
    } as unknown as MachineConfig<unknown, AnyEvent>;
    expect(problemsOf(() => createMachine(wrong))).toMatchObject([
      { code: 'not-json', path: '/states/a/entry/0' },
    ]);
    const lost = { initial: 'x', states: { a: { on: { GO: 'b' } } } };
    expect(problemsOf(() => createMachine(lost)).map(({ path }) => path)).toEqual([
      '/initial',
      '/states/a/on/GO',
    ]);
  });

  it('finds what check finds, with code and place, in few words that can be explained', () => {
    const wrong = {
      id: 'm',
      contxt: {},
      migrate: [{ form: 1, states: { x: 'gone' } }],
      initial: 'idel',
      states: {
        idle: {
          on: { GO: 'runing', STOP: { traget: 'idle', guard: { not: { in: '#m.no' } } }, 'a.*.b': null },
          after: { soon: 'idle' },
          entry: [7, { raise: 'xstate.x' }, { spawn: 'x' }, { choose: { actions: { type: 5 } } }],
          invoke: [
            { src: 't', id: 'i', retry: { attempts: 0 } },
            { src: 't', id: 'i', forward: true },
          ],
          output: 1,
        },
        done: { type: 'final', on: {} },
        both: { type: 'parallel', initial: 'x', states: { x: { states: { y: {} } } }, timeout: '3s' },
      },
    };
    const checked = statechart.check(wrong as unknown as Json).filter(isError);
    const refused = problemsOf(() => createMachine(wrong as unknown as MachineConfig<unknown, AnyEvent>));
    const kind = ({ code, path }: Problem) => ({ code, path });
    expect(refused.map(kind)).toEqual(checked.map(kind));
    expect(refused.map(explain)).toEqual(checked);
    expect(refused.find(({ code }) => code === 'unknown-key')?.message).toBe(
      'unknown-key "machine" "contxt"',
    );
  });

  it('refuses functions where they have no place', () => {
    const wrong = {
      initial: 'a',
      states: { a: { on: () => {} } },
      meta: { f: () => {} },
    } as unknown as MachineConfig<unknown, AnyEvent>;
    expect(problemsOf(() => createMachine(wrong)).map(({ path }) => path)).toEqual([
      '/states/a/on',
      '/meta/f',
    ]);
  });

  it('refuses what contains itself', () => {
    const loop: Record<string, unknown> = {};
    loop['states'] = { a: loop };
    expect(problemsOf(() => createMachine(loop as MachineConfig<unknown, AnyEvent>))).toMatchObject([
      { code: 'not-json' },
    ]);
  });

  it('keeps functions apart whose places spell the same name', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'on',
      states: { on: { initial: 'E', states: { E: { entry: [() => 'state'] } } } },
      on: { E: { actions: { type: 'x' } }, 'E.entry': { actions: [() => 'other'] } },
    });
    expect(new Set(Object.keys(machine.handlers)).size).toBe(2);
  });

  it('keeps what is only for the compiler out of the source', () => {
    const machine = createMachine({ types: {} as { events: { type: 'GO'; n: number } }, on: { GO: {} } });
    expect(machine.source).toEqual({ on: { GO: {} } });
    const [start] = initialTransition(machine);
    // @ts-expect-error: an event without its payload
    transition(machine, start, { type: 'GO' });
    transition(machine, start, { type: 'GO', n: 1 });
  });
});
