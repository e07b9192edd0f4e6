import type { Json, JsonObject } from '../../src/core/json.js';
import type {
  RandomAction,
  RandomChart,
  RandomGuard,
  RandomState,
  RandomTransition,
} from '../statechart/random-chart.js';

/** A random machine as a definition, with guards that can be decided among those that cannot. */
export function sourceOf({ root }: RandomChart): Json {
  return { id: 'm', context: { n: 0 }, ...state(root) };
}

function guard({ kind, r }: RandomGuard): string {
  if (kind === 'mod') return `{% context.n % 3 = ${r} %}`;
  return kind === 'less' ? `{% context.n < ${r} %}` : `{% event.data.v > ${r} %}`;
}

function action(given: RandomAction): Json {
  if (given.kind === 'count') return { assign: { n: '{% context.n + 1 %}' } };
  if (given.kind === 'raise') return { raise: { type: given.type, data: { v: 2 } } };
  return given.kind === 'log' ? { log: given.text } : given.name;
}

function transitions(list: readonly RandomTransition[]): Json {
  return list.map((given) => ({
    ...(given.target === undefined ? {} : { target: given.target }),
    ...(given.guard === undefined ? {} : { guard: guard(given.guard) }),
    reenter: given.reenter,
    actions: given.actions.map(action),
  }));
}

function all(map: Readonly<Record<string, readonly RandomTransition[]>>): Json {
  return Object.fromEntries(Object.entries(map).map(([key, list]) => [key, transitions(list)]));
}

function state(node: RandomState): JsonObject {
  const actions = { entry: node.entry.map(action), exit: node.exit.map(action) };
  if (node.final) return { type: 'final', ...actions };
  const invoke = node.invoke && {
    src: 'task',
    onDone: transitions(node.invoke.onDone),
    onError: transitions(node.invoke.onError),
  };
  return {
    ...actions,
    on: all(node.on),
    after: all(node.after),
    always: transitions(node.always),
    ...(invoke === undefined ? {} : { invoke }),
    ...(node.children.length === 0 ? {} : nested(node)),
  };
}

function nested({ children, initial, history, onDone }: RandomState): JsonObject {
  const remembers = history && {
    type: 'history',
    history: history.deep ? 'deep' : 'shallow',
    ...(history.target === undefined ? {} : { target: history.target }),
  };
  const states = Object.fromEntries(children.map((child): [string, Json] => [child.key, state(child)]));
  return {
    ...(initial === undefined ? { type: 'parallel' } : { initial }),
    states: { ...states, ...(remembers === undefined ? {} : { h: remembers }) },
    onDone: transitions(onDone),
  };
}
