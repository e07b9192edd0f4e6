import fc from 'fast-check';

/** A random machine that means the same to both libraries; each renders it in its own way. */
export interface RandomChart {
  readonly root: RandomState;
  readonly events: readonly RandomEvent[];
}

export interface RandomState {
  readonly key: string;
  /** Keys from the root. */
  readonly path: readonly string[];
  readonly final: boolean;
  readonly parallel: boolean;
  readonly history: RandomHistory | undefined;
  readonly initial: string | undefined;
  readonly children: readonly RandomState[];
  readonly on: Readonly<Record<string, readonly RandomTransition[]>>;
  readonly always: readonly RandomTransition[];
  readonly after: Readonly<Record<string, readonly RandomTransition[]>>;
  readonly onDone: readonly RandomTransition[];
  readonly entry: readonly RandomAction[];
  readonly exit: readonly RandomAction[];
  readonly initialActions: readonly RandomAction[];
  readonly invoke:
    | { readonly onDone: readonly RandomTransition[]; readonly onError: readonly RandomTransition[] }
    | undefined;
  readonly output: boolean;
}

/** A history state called `h`. */
export interface RandomHistory {
  readonly deep: boolean;
  /** Where it leads while nothing is remembered. */
  readonly target: string | undefined;
}

export interface RandomTransition {
  readonly target: string | readonly string[] | undefined;
  readonly reenter: boolean;
  readonly guard: RandomGuard | undefined;
  readonly actions: readonly RandomAction[];
}

/** `mod`: context.n modulo 3 is r; `less`: context.n below r; `event`: event.v above r. */
export interface RandomGuard {
  readonly kind: 'mod' | 'less' | 'event';
  readonly r: number;
}

export type RandomAction =
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'count' }
  | { readonly kind: 'raise'; readonly type: string }
  | { readonly kind: 'named'; readonly name: string };

export interface RandomEvent {
  readonly type: string;
  readonly v: number;
}

const EVENTS = ['A', 'B', 'a', 'a.b', 'a.b.c'];
const DESCRIPTORS = [...EVENTS, 'A', 'B', 'A', 'B', '*', 'a.*', 'a.b.*'];

/** Random machines of the features that XState and this project share, and events to send to them. */
export const randomChart: fc.Arbitrary<RandomChart> = fc.gen().map((g) => {
  const pick = <T>(values: readonly T[]): T => values[g(fc.nat, { max: values.length - 1 })] as T;
  const chance = (percent: number): boolean => g(fc.integer, { min: 0, max: 99 }) < percent;
  const several = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: g(fc.integer, { min: 0, max: most }) }, make);

  interface Shape {
    readonly key: string;
    readonly path: readonly string[];
    readonly children: readonly Shape[];
    readonly final: boolean;
    readonly parallel: boolean;
    readonly history: boolean;
  }
  const shape = (key: string, path: readonly string[], depth: number): Shape => {
    const compound = depth === 0 || (depth < 3 && chance(40));
    const names = ['a', 'b', 'c'].slice(
      0,
      compound ? g(fc.integer, { min: depth === 0 ? 2 : 1, max: 3 }) : 0,
    );
    const parallel = names.length > 1 && chance(depth === 0 ? 10 : 40);
    const children = names.map((name) => shape(name, [...path, name], depth + 1));
    const final = depth > 0 && children.length === 0 && chance(20);
    return { key, path, children, final, parallel, history: children.length > 0 && chance(35) };
  };
  const root = shape('m', [], 0);
  const all: Shape[] = [];
  const memories: Shape[] = [];
  const collect = (node: Shape): void => {
    if (node.path.length > 0) all.push(node);
    if (node.history) memories.push(node);
    node.children.forEach(collect);
  };
  collect(root);

  const idOf = ({ path }: Shape): string => ['#m', ...path].join('.');
  const within = (node: Shape): Shape[] => node.children.flatMap((child) => [child, ...within(child)]);

  /** Into two regions of a parallel state at once. */
  const apart = (): readonly string[] | undefined => {
    const parallels = [root, ...all].filter(({ parallel }) => parallel);
    if (parallels.length === 0) return undefined;
    const [one, other] = pick(parallels).children;
    return [one, other].map((region) => idOf(pick([region as Shape, ...within(region as Shape)])));
  };
  const target = (node: Shape, parent: Shape | undefined): string | readonly string[] | undefined => {
    if (chance(20)) return undefined;
    const together = chance(15) ? apart() : undefined;
    if (together !== undefined) return together;
    if (memories.length > 0 && chance(25)) return `${idOf(pick(memories))}.h`;
    const ids = all.map(idOf);
    const children = node.children.map((child) => `.${child.key}`);
    const deeper = node.children.flatMap((child) => child.children.map(({ key }) => `.${child.key}.${key}`));
    const siblings = (parent?.children ?? []).map(({ key }) => key);
    const nephews = (parent?.children ?? []).flatMap((s) => s.children.map(({ key }) => `${s.key}.${key}`));
    return pick([...ids, ...children, ...deeper, ...siblings, ...siblings, ...nephews]);
  };
  const guard = (): RandomGuard => ({
    kind: pick(['mod', 'less', 'event']),
    r: g(fc.integer, { min: 0, max: 3 }),
  });
  const action = (): RandomAction => {
    const kind = pick(['log', 'log', 'count', 'count', 'named', chance(30) ? 'raise' : 'log'] as const);
    if (kind === 'log') return { kind, text: pick(['x', 'y', 'z']) };
    if (kind === 'raise') return { kind, type: pick(EVENTS) };
    return kind === 'named' ? { kind, name: pick(['beep', 'boop']) } : { kind };
  };
  const transition = (node: Shape, parent: Shape | undefined, guarded: number): RandomTransition => ({
    target: target(node, parent),
    reenter: chance(25),
    guard: chance(guarded) ? guard() : undefined,
    actions: several(2, action),
  });
  const fill = (node: Shape, parent: Shape | undefined): RandomState => {
    const transitions = (most: number, guarded = 40) =>
      several(most, () => transition(node, parent, guarded));
    const name = node.path.join('.');
    const common = {
      ...node,
      entry: [{ kind: 'log', text: `>${name}` } as const, ...several(1, action)],
      exit: [{ kind: 'log', text: `<${name}` } as const, ...several(1, action)],
      output: node.final && chance(50),
      history: node.history
        ? { deep: chance(50), target: node.parallel || chance(50) ? pick(node.children).key : undefined }
        : undefined,
    };
    const none = {
      on: {},
      always: [],
      after: {},
      onDone: [],
      initialActions: [],
      invoke: undefined,
      initial: undefined,
    };
    if (node.final) return { ...common, ...none, children: [] };
    const compound = node.children.length > 0;
    return {
      ...common,
      children: node.children.map((child) => fill(child, node)),
      initial: compound && !node.parallel ? pick(node.children).key : undefined,
      initialActions: compound && !node.parallel && chance(20) ? several(1, action) : [],
      on: Object.fromEntries(several(3, () => [pick(DESCRIPTORS), transitions(2)] as const)),
      always: chance(20) ? transitions(2, 90) : [],
      after: chance(20) ? { [pick(['1000', '50'])]: transitions(2) } : {},
      onDone: compound && chance(60) ? transitions(2) : [],
      invoke: chance(20) ? { onDone: transitions(2), onError: transitions(1) } : undefined,
    };
  };
  const filled = fill(root, undefined);
  const own = ownEvents(filled);
  const names = [...EVENTS, 'A', 'B', 'C', ...own];
  const events = Array.from({ length: 8 }, () => ({
    type: pick(names),
    v: g(fc.integer, { min: 0, max: 3 }),
  }));
  return { root: filled, events };
});

/** The events that a machine makes for itself: of delays, and of tasks that are done or failed. */
function ownEvents(state: RandomState): string[] {
  const id = ['m', ...state.path].join('.');
  const delays = Object.keys(state.after).map((delay) => `xstate.after.${delay}.${id}`);
  const kinds = state.invoke === undefined ? [] : ['done', 'error'];
  const tasks = kinds.map((kind) => `xstate.${kind}.actor.0.${id}`);
  return [...delays, ...tasks, ...state.children.flatMap((child) => ownEvents(child))];
}
