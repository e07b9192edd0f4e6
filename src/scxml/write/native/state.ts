import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../../../core/json.js';
import { DIALECTS } from '../../../statechart/dialect.js';
import { invokeId } from '../../../statechart/link.js';
import type { StateNode, Transition } from '../../../statechart/node.js';
import type { ChartGuard } from '../../../statechart/schema/chart.js';
import { join } from '../writing.js';
import { actionsOf, allOf, guardOf } from './content.js';
import { Listening } from './listening.js';
import { isStill, surelyChanges } from './moves.js';
import type { Translation } from './translation.js';

/** What says nothing about where a state leads: it goes along. */
const TOLD = ['description', 'tags', 'meta'];

/** Writes states as W3C's dialect has them. */
export class States {
  readonly #at: Translation;
  readonly #listening: Listening;

  constructor(at: Translation) {
    this.#at = at;
    this.#listening = new Listening(at);
  }

  /** The children of a state, or those of them that are asked for. */
  all(nodes: Iterable<StateNode>): JsonObject {
    return Object.fromEntries([...nodes].map((node) => [node.key, this.#one(node)]));
  }

  #one(node: StateNode): JsonObject {
    if (node.type === 'history') return this.#history(node);
    return node.type === 'final' ? this.final(node) : this.whole(node, this.all(node.children.values()));
  }

  /** A state that is no final one, and the states in it. */
  whole(node: StateNode, states: JsonObject): JsonObject {
    const { names, regions } = this.#at;
    const { chart } = node;
    const region = regions.get(node);
    const delays = chart.after.map(({ delayMs }, n) => ({ ...names.delay(node, n), delay: `${delayMs}ms` }));
    const begins = delays.map(({ event, delay, id }) => block([{ raise: { type: event, delay, id } }]));
    const ends = delays.map(({ id }) => block([{ cancel: id }]));
    return {
      id: names.state(node),
      ...this.#told(chart.path, TOLD),
      ...this.#below(node, states, region),
      ...some('on', this.#on(node)),
      ...some('always', this.#always(node)),
      ...some('entry', [...this.#block(node, 'entry'), ...begins]),
      ...some('exit', [...this.#block(node, 'exit'), ...ends]),
      ...some(
        'invoke',
        chart.invoke.map((_, n) => this.#invoke(node, n)),
      ),
    };
  }

  #below(node: StateNode, states: JsonObject, region: string | undefined): JsonObject {
    const { names } = this.#at;
    const isParallel = node.type === 'parallel';
    if (region !== undefined) {
      const memories = new Set(node.histories.map(({ key }) => key));
      const of = (isMemory: boolean) =>
        Object.fromEntries(Object.entries(states).filter(([key]) => memories.has(key) === isMemory));
      const inner = { [region]: { id: region, type: 'parallel', states: of(false) }, ...of(true) };
      return { initial: [`#${region}`], states: inner };
    }
    if (isParallel) return { type: 'parallel', states };
    if (node.children.size === 0) return {};
    const target = node.initial.map((inner) => `#${names.state(inner)}`);
    const actions = actionsOf(this.#at, node.chart.initial?.actions ?? [], { node, moves: true });
    return { initial: actions.length === 0 ? target : { target, actions }, states };
  }

  /** With what is done besides as it is left, and what comes of it. */
  final(
    node: StateNode,
    more?: { readonly exit: readonly Json[]; readonly output: Json | undefined },
  ): JsonObject {
    const { path } = node.chart;
    const output = more?.output ?? this.#at.raw(join(path, 'output'));
    return {
      type: 'final',
      id: this.#at.names.state(node),
      ...this.#told(path, TOLD),
      ...some('entry', this.#block(node, 'entry')),
      ...some('exit', [...this.#block(node, 'exit'), ...(more?.exit ?? [])]),
      ...(output === undefined ? {} : { output }),
    };
  }

  #history(node: StateNode): JsonObject {
    const { chart, parent, initial } = node;
    const isOwn = chart.initial !== undefined;
    const region = parent === undefined ? undefined : this.#at.regions.get(parent);
    const target =
      region !== undefined && !isOwn
        ? [`#${region}`]
        : initial.map((inner) => `#${this.#at.names.state(inner)}`);
    const initialOf = isOwn ? chart.initial : parent?.type === 'parallel' ? undefined : parent?.chart.initial;
    const actions = actionsOf(this.#at, initialOf?.actions ?? [], { node: parent ?? node, moves: true });
    const history = chart.deep ? 'deep' : 'shallow';
    return {
      id: this.#at.names.state(node),
      type: 'history',
      history,
      target,
      ...this.#told(chart.path, ['description', 'meta']),
      ...(actions.length === 0 ? {} : { actions }),
    };
  }

  #block(node: StateNode, name: 'entry' | 'exit'): Json[] {
    const actions = actionsOf(this.#at, node.chart[name], { node, moves: true });
    return actions.length === 0 ? [] : [block(actions)];
  }

  /** What a state does without an event. */
  #always(node: StateNode): Json[] {
    return node.always.map((transition) => {
      const { root } = this.#at.linked;
      if (!surelyChanges(transition, root, this.#isGuardedByPlace(transition))) {
        const hint = 'let its guard say where it is not to be taken: { and: [ …, { not: { in: … } } ] }';
        const message = 'it may be taken where the machine stands already, which SCXML would do for ever';
        this.#at.refuse(transition.chart.path, message, hint);
      }
      return this.#transition(undefined, transition, undefined);
    });
  }

  /** Whether its guard forbids it where one of its targets is active. */
  #isGuardedByPlace({ targets, chart }: Transition): boolean {
    const forbids = (guard: ChartGuard | undefined): boolean => {
      if (guard?.kind === 'and') return guard.guards.some(forbids);
      if (guard?.kind !== 'not' || guard.guard.kind !== 'in') return false;
      const state = this.#at.linked.find(guard.guard.target);
      return state !== undefined && targets.includes(state);
    };
    return forbids(chart.guard);
  }

  #on(node: StateNode): Json[] {
    return this.#listening
      .of(node)
      .map(({ event, transition, asks }) => this.#transition(event, transition, asks));
  }

  #transition(event: string | undefined, transition: Transition, asks: Json | undefined): JsonObject {
    const { source, chart } = transition;
    const still = isStill(transition);
    const own =
      chart.guard === undefined ? undefined : guardOf(this.#at, chart.guard, { node: source, moves: false });
    const guard = allOf([asks, own]);
    const actions = actionsOf(this.#at, chart.actions, { node: source, moves: !still });
    return {
      ...(event === undefined ? {} : { event }),
      ...(guard === undefined ? {} : { guard }),
      ...(still ? {} : { target: this.#targets(transition) }),
      ...(!still && this.#isInternal(transition) ? { reenter: false } : {}),
      ...some('actions', actions),
      ...this.#told(chart.path, ['description', 'meta']),
    };
  }

  /** Only compound states stay while something below them changes (SCXML 3.5). */
  #isInternal({ source, targets, chart }: Transition): boolean {
    const isCompound = source.type === 'compound' || this.#at.regions.has(source);
    const mayBeBelow = (target: StateNode) =>
      target === source ||
      target.isBelow(source) ||
      (target.type === 'history' && target.parent !== undefined && source.isBelow(target.parent));
    return !chart.reenter && isCompound && targets.every(mayBeBelow);
  }

  #targets({ source, targets, chart }: Transition): string[] {
    const { names, regions, linked } = this.#at;
    return targets.flatMap((target) => {
      // What stays is not entered again, but what is below it.
      const stays = !chart.reenter && (target === source || target === linked.root);
      const region = regions.get(target);
      if (stays && region !== undefined) return [`#${region}`];
      if (!stays || target.type !== 'compound') return [`#${names.state(target)}`];
      const isWithin = target.initial.some((inner) => inner.parent !== target && source.isBelow(target));
      if (isWithin)
        this.#at.refuse(chart.path, 'SCXML cannot enter a state anew without leaving it, from below');
      return target.initial.map((inner) => `#${names.state(inner)}`);
    });
  }

  #invoke(node: StateNode, n: number): JsonObject {
    const invoke = node.chart.invoke[n];
    if (invoke === undefined) throw new Error(`the state ${node.path} has no invocation ${n}`);
    const { path } = invoke;
    const written = this.#at.raw(path);
    const { onDone: _, onError: __, ...rest } = isJsonObject(written ?? null) ? (written as JsonObject) : {};
    const id = this.#at.names.invoke(invokeId(node, invoke, n, DIALECTS.native)) ?? '';
    if (rest['actions'] !== undefined)
      this.#at.refuse(join(path, 'actions'), 'SCXML has no actions of an invocation');
    return { ...rest, id };
  }

  /** Members that are written as they were. */
  #told(path: string, keys: readonly string[]): JsonObject {
    const written = this.#at.raw(path);
    if (written === undefined || !isJsonObject(written)) return {};
    return Object.fromEntries(
      keys.flatMap((key) => {
        const value = own(written, key);
        return value === undefined ? [] : [[key, value] as const];
      }),
    );
  }
}

/** Actions of which an error skips the rest. */
export function block(actions: readonly Json[]): Json {
  return { choose: [{ actions }] };
}

function some(key: string, list: readonly Json[]): JsonObject {
  return isJsonArray(list) && list.length > 0 ? { [key]: list } : {};
}
