import type { EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import { hasEnded } from '../../src/core/instance.js';
import type { Json } from '../../src/core/json.js';
import { statechart } from '../../src/statechart/language.js';
import type { RandomAction, RandomChart, RandomState, RandomTransition } from '../statechart/random-chart.js';

/** What happens to a machine: an event, the next delay that is over, or an answer to what it asked first. */
export type Stimulus = { readonly event: string; readonly data?: Json } | 'delay' | 'success' | 'failure';

/** What a step of a machine comes to, whatever its states and timers are called. */
export interface Trace {
  readonly active: readonly string[];
  readonly context: Json;
  readonly status: string;
  readonly output: Json;
  readonly outcome: string;
  readonly asked: readonly Json[];
  readonly due: readonly number[];
}

/** What a machine does with what happens to it. States that only the document needs are left out of where it stands. */
export function traceOf(source: Json, stimuli: readonly Stimulus[], added: RegExp): readonly Trace[] {
  const program = statechart.compile(source);
  let standing: Standing = UNBORN;
  let revision = 0;
  let now = 0;
  const timers = new Map<string, number>();
  /** Tasks that are not answered yet, by effect. */
  const tasks = new Map<string, string>();
  const traces: Trace[] = [];
  const queue: EventBody[] = [];
  const step = (body: EventBody): void => {
    revision += 1;
    const stamp = { id: `e${revision}`, instance: 'one', revision, at: now, seed: 's' };
    const { effects, history, outcome, ...next } = fold(statechart, program, standing, { ...body, ...stamp });
    standing = next;
    const asked: Json[] = [];
    for (const effect of effects) {
      if (effect.type === 'timer') timers.set(effect.id, effect.dueAt);
      if (effect.type === 'task') asked.push([effect.name, effect.input]);
      if (effect.type === 'task' && effect.ask) tasks.set(effect.id, effect.name);
      if (effect.type === 'send' && effect.to === 'one') queue.push({ type: 'signal', name: effect.name });
      else if (effect.type === 'send') asked.push([effect.to, effect.name]);
      if (effect.type !== 'cancel') continue;
      timers.delete(effect.target);
      tasks.delete(effect.target);
    }
    for (const { type, data } of history) {
      if (type === 'Logged' || type === 'EventEmitted') asked.push(data as Json);
    }
    const { context, output } = statechart.view(next.state);
    const isOver = hasEnded(next.status);
    traces.push({
      active: isOver
        ? []
        : statechart
            .active(program, next.state)
            .map((path) =>
              path
                .split('.')
                .filter((key) => !added.test(key))
                .join('.'),
            )
            .filter((path, n, all) => path !== '' && all.indexOf(path) === n),
      context,
      status: next.status,
      output,
      outcome: outcome.kind === 'rejected' ? outcome.problem.code : 'kept',
      // What is invoked begins where a state is entered, or at the end of the step.
      asked: asked.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
      due: isOver ? [] : [...timers.values()].toSorted((a, b) => a - b),
    });
  };
  step({ type: 'start', machine: 'm', input: null });
  for (const stimulus of stimuli) {
    if (hasEnded(standing.status)) break;
    if (stimulus === 'delay') {
      const [next] = [...timers].toSorted(([, a], [, b]) => a - b);
      if (next === undefined) continue;
      timers.delete(next[0]);
      now = Math.max(now, next[1]);
      step({ type: 'timer.fired', effect: next[0] });
    } else if (stimulus === 'success' || stimulus === 'failure') {
      const [first] = [...tasks].toSorted(([, a], [, b]) => a.localeCompare(b));
      if (first === undefined) continue;
      const [effect] = first;
      tasks.delete(effect);
      if (stimulus === 'success') step({ type: 'task.succeeded', effect, output: 7 });
      else step({ type: 'task.failed', effect, error: 'Broken', cause: 'it broke' });
    } else {
      const { event: name, data } = stimulus;
      step({ type: 'signal', name, ...(data === undefined ? {} : { data }) });
    }
    for (let next = queue.shift(); next !== undefined && !hasEnded(standing.status); next = queue.shift())
      step(next);
  }
  return traces;
}

/** A random machine in JSON. */
export function nativeSource({ root }: RandomChart): Json {
  const action = (one: RandomAction): Json => {
    switch (one.kind) {
      case 'log':
        return { assign: { log: `{% context.log & '${one.text};' %}` } };
      case 'count':
        return { assign: { n: '{% context.n + 1 %}' } };
      case 'raise':
        return { raise: { type: one.type, data: { v: 2 } } };
      default:
        return { type: one.name, params: { n: '{% context.n %}' } };
    }
  };
  const transitions = (list: readonly RandomTransition[]): Json =>
    list.map(({ target, reenter, guard, actions }) => ({
      ...(target === undefined ? {} : { target }),
      ...(reenter ? { reenter } : {}),
      ...(guard === undefined
        ? {}
        : {
            guard:
              guard.kind === 'event'
                ? `{% $exists(event.data.v) and event.data.v > ${guard.r} %}`
                : guard.kind === 'mod'
                  ? `{% context.n % 3 = ${guard.r} %}`
                  : `{% context.n < ${guard.r} %}`,
          }),
      actions: actions.map(action),
    }));
  const all = (map: Readonly<Record<string, readonly RandomTransition[]>>): Json =>
    Object.fromEntries(Object.entries(map).map(([key, list]) => [key, transitions(list)]));
  const state = (node: RandomState): { readonly [key: string]: Json } => ({
    ...(node.final
      ? { type: 'final', ...(node.output ? { output: '{% $length(context.log) %}' } : {}) }
      : { on: all(node.on), after: all(node.after), always: transitions(node.always) }),
    ...(node.children.length === 0
      ? {}
      : {
          ...(node.initial === undefined
            ? { type: 'parallel' }
            : { initial: { target: node.initial, actions: node.initialActions.map(action) } }),
          states: {
            ...Object.fromEntries(node.children.map((child) => [child.key, state(child)])),
            ...(node.history === undefined
              ? {}
              : {
                  h: {
                    type: 'history',
                    history: node.history.deep ? 'deep' : 'shallow',
                    ...(node.history.target === undefined ? {} : { target: node.history.target }),
                  },
                }),
          },
          onDone: transitions(node.onDone),
        }),
    ...(node.invoke === undefined
      ? {}
      : {
          invoke: {
            src: `task of ${node.path.join('.')}`,
            onDone: transitions(node.invoke.onDone),
            onError: transitions(node.invoke.onError),
          },
        }),
    entry: node.entry.map(action),
    exit: node.exit.map(action),
  });
  return { id: 'm', context: { n: 0, log: '' }, output: { n: '{% context.n %}' }, ...state(root) };
}
