import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import * as plainXState from 'xstate';
import { createMachine, initialTransition, Refused, raise, transition } from '../../src/index.js';
import {
  type RandomAction,
  type RandomChart,
  type RandomGuard,
  type RandomHistory,
  type RandomState,
  type RandomTransition,
  randomChart,
} from './random-chart.js';
import { HABITS, xstateByRule } from './xstate-by-rule.js';
import { hereEffect, type XAction, xstateEffect } from './xstate-effects.js';

const byRule = await xstateByRule();
const { assign: xAssign, raise: xRaise } = byRule;

interface Context {
  readonly n: number;
  readonly log: string;
}

interface Scope {
  readonly context: Context;
  readonly event: { readonly type: string; readonly v?: number };
}

/** How one library, or one way of writing, spells guards and actions. */
interface Dialect {
  guard(guard: RandomGuard): unknown;
  action(action: RandomAction): unknown;
  readonly output: unknown;
  readonly finalOutput: unknown;
}

const guardFunction =
  ({ kind, r }: RandomGuard) =>
  ({ context, event }: Scope): boolean =>
    kind === 'mod' ? context.n % 3 === r : kind === 'less' ? context.n < r : (event.v ?? 0) > r;

const xstateDialect: Dialect = {
  guard: guardFunction,
  action: (action) => {
    switch (action.kind) {
      case 'log':
        return xAssign({ log: ({ context }: Scope) => `${context.log}${action.text};` } as never);
      case 'count':
        return xAssign({ n: ({ context }: Scope) => context.n + 1 } as never);
      case 'raise':
        return xRaise({ type: action.type, v: 2 } as never);
      default:
        return { type: action.name };
    }
  },
  output: ({ context, event }: { context: Context; event: { output?: unknown } }) => ({
    n: context.n,
    inner: event.output ?? 'none',
  }),
  finalOutput: ({ context }: Scope) => context.log.length,
};

const functionDialect: Dialect = {
  ...xstateDialect,
  action: (action) => {
    switch (action.kind) {
      case 'log':
        return { assign: ({ context }: Scope) => ({ log: `${context.log}${action.text};` }) };
      case 'count':
        return { assign: { n: ({ context }: Scope) => context.n + 1 } };
      case 'raise':
        return { raise: { type: action.type, data: { v: 2 } } };
      default:
        return action.name;
    }
  },
  // A raised event carries `data` here.
  guard:
    (guard) => (scope: { context: Context; event: { type: string; v?: number; data?: { v: number } } }) =>
      guardFunction(guard)({
        context: scope.context,
        event: { v: scope.event.data?.v ?? 0, ...scope.event },
      }),
};

const expressionDialect: Dialect = {
  guard: ({ kind, r }) =>
    kind === 'mod'
      ? `{% context.n % 3 = ${r} %}`
      : kind === 'less'
        ? `{% context.n < ${r} %}`
        : `{% ($v := $exists(event.data) ? event.data.v : event.v; $exists($v) and $v > ${r}) %}`,
  action: (action) => {
    switch (action.kind) {
      case 'log':
        return { assign: { log: `{% context.log & '${action.text};' %}` } };
      case 'count':
        return { assign: { n: '{% context.n + 1 %}' } };
      case 'raise':
        return { raise: { type: action.type, data: { v: 2 } } };
      default:
        return { type: action.name };
    }
  },
  output: { n: '{% context.n %}', inner: "{% $exists(event.output) ? event.output : 'none' %}" },
  finalOutput: '{% $length(context.log) %}',
};

function render(chart: RandomChart, dialect: Dialect): object {
  const transitions = (list: readonly RandomTransition[]) =>
    list.map(({ target, reenter, guard, actions }) => ({
      ...(target === undefined ? {} : { target }),
      ...(reenter ? { reenter } : {}),
      ...(guard === undefined ? {} : { guard: dialect.guard(guard) }),
      actions: actions.map(dialect.action),
    }));
  const all = (map: Readonly<Record<string, readonly RandomTransition[]>>) =>
    Object.fromEntries(Object.entries(map).map(([key, list]) => [key, transitions(list)]));
  const history = ({ deep, target }: RandomHistory) => ({
    type: 'history',
    history: deep ? 'deep' : 'shallow',
    ...(target === undefined ? {} : { target }),
  });
  const state = (node: RandomState): object => ({
    ...(node.final
      ? { type: 'final' }
      : { on: all(node.on), after: all(node.after), always: transitions(node.always) }),
    ...(node.output ? { output: dialect.finalOutput } : {}),
    ...(node.children.length === 0
      ? {}
      : {
          ...(node.initial === undefined
            ? { type: 'parallel' }
            : { initial: { target: node.initial, actions: node.initialActions.map(dialect.action) } }),
          states: {
            ...Object.fromEntries(node.children.map((child) => [child.key, state(child)])),
            ...(node.history === undefined ? {} : { h: history(node.history) }),
          },
          onDone: transitions(node.onDone),
        }),
    ...(node.invoke === undefined
      ? {}
      : {
          invoke: {
            src: 'task',
            onDone: transitions(node.invoke.onDone),
            onError: transitions(node.invoke.onError),
          },
        }),
    entry: node.entry.map(dialect.action),
    exit: node.exit.map(dialect.action),
  });
  return { id: 'm', context: { n: 0, log: '' }, output: dialect.output, ...state(chart.root) };
}

/** What one step came to, in words that both libraries share. */
interface Outcome {
  readonly value: unknown;
  readonly context: unknown;
  readonly status: string;
  readonly output: unknown;
  readonly effects: readonly string[];
}

type Steps = readonly (Outcome | 'runaway')[];

function runHere(config: object, events: RandomChart['events'], guards = {}): Steps {
  const machine = createMachine(config as Parameters<typeof createMachine>[0], { guards });
  const steps: (Outcome | 'runaway')[] = [];
  try {
    let [snapshot, effects] = initialTransition(machine);
    const note = () => {
      const { value, context, status, output } = snapshot;
      // A machine that ends by an error ends its delays too, which XState leaves to its clock.
      const kept = effects.filter(
        (effect) => status !== 'error' || effect.type !== 'cancel' || effect.kind === 'task',
      );
      const told = kept.map(hereEffect);
      // In which order a broken machine drops what it waits for is nobody's business.
      steps.push({ value, context, status, output, effects: status === 'error' ? told.toSorted() : told });
    };
    note();
    for (const event of events) {
      if (snapshot.status !== 'active') break;
      [snapshot, effects] = transition(machine, snapshot, event);
      note();
    }
  } catch (error) {
    if (!(error instanceof Refused) || !error.code.startsWith('too-many-')) throw error;
    steps.push('runaway');
  }
  return steps;
}

function runXState(config: object, events: RandomChart['events'], guards = {}, xstate = byRule): Steps {
  // What has not come to rest by then never does in machines of this size; XState's steps are slow.
  const bounded = { ...config, options: { maxIterations: 120 } };
  const machine = (xstate.createMachine(bounded as never) as unknown as AnyStateMachine).provide({
    actors: { task: xstate.fromPromise(async () => undefined) },
    guards,
  });
  const steps: (Outcome | 'runaway')[] = [];
  try {
    let [snapshot, actions] = xstate.initialTransition(machine) as [AnyMachineSnapshot, XAction[]];
    // What XState throws in a transition it keeps as a status in the first one.
    if (snapshot.status === 'error') throw snapshot.error;
    const note = () => {
      const { value, context, status, output } = snapshot;
      const told = actions.flatMap(xstateEffect);
      steps.push({ value, context, status, output, effects: status === 'error' ? told.toSorted() : told });
    };
    note();
    for (const event of events) {
      if (snapshot.status !== 'active') break;
      [snapshot, actions] = xstate.transition(machine, snapshot, event) as unknown as [
        AnyMachineSnapshot,
        XAction[],
      ];
      note();
    }
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('Infinite loop')) throw error;
    steps.push('runaway');
  }
  return steps;
}

const CHOSEN = process.env['DETENT_CHART_SEED'];
const SEEDS = CHOSEN === undefined ? Array.from({ length: 20 }, (_, n) => n + 1) : [Number(CHOSEN)];
const CHARTS = Number(process.env['DETENT_CHARTS'] ?? 10);

describe('a machine steps as it does in XState by the rule', () => {
  it.each(SEEDS)('with functions, and with expressions, in all machines of seed %i', (seed) => {
    fc.assert(
      fc.property(randomChart, (chart) => {
        const { events } = chart;
        const expected = runXState(render(chart, xstateDialect), events);
        expect(runHere(render(chart, functionDialect), events)).toEqual(expected);
        expect(runHere(render(chart, expressionDialect), events)).toEqual(expected);
      }),
      // Shrinking such a machine takes minutes: give the seed that a failure prints, and leave this out, to shrink it.
      { numRuns: CHARTS, seed, endOnFailure: true },
    );
  });
});

describe('XState alone does otherwise, and we do not', () => {
  it.each(HABITS)('$why', ({ shows: { config, events } }) => {
    const sent = events.map((type) => ({ type, v: 0 }));
    const guards = { isT: ({ event }: { event: { type: string } }) => event.type === 'T' };
    const expected = runXState(config(xRaise as never), sent, guards);
    expect(runXState(config(plainXState.raise as never), sent, guards, plainXState)).not.toEqual(expected);
    expect(runHere(config(raise as never), sent, guards)).toEqual(expected);
  });
});
