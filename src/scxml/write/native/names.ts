import type { Dialect } from '../../../statechart/dialect.js';
import { invokeId } from '../../../statechart/link.js';
import { EXECUTION_ERROR } from '../../../statechart/machine-event.js';
import type { StateNode } from '../../../statechart/node.js';

/** The event of a delay, and the id that it is cancelled by. */
export interface DelayNames {
  readonly event: string;
  readonly id: string;
}

/**
 * What states, invocations and delays are called in a document, where ids have no parents that would tell them apart. None has
 * a dot in it: `done.state.a` would match `done.state.a.b`.
 */
export class WrittenNames {
  readonly #taken = new Set<string>();
  readonly #states = new Map<StateNode, string>();
  readonly #invokes = new Map<string, string>();
  readonly #delays = new Map<StateNode, readonly DelayNames[]>();
  /** By the name that an event has which the native machine makes for itself. */
  readonly #events = new Map<string, string>([[EXECUTION_ERROR, EXECUTION_ERROR]]);

  constructor(nodes: readonly StateNode[], native: Dialect, written: Dialect) {
    const count = new Map<string, number>();
    for (const { key } of nodes) count.set(key, (count.get(key) ?? 0) + 1);
    // Ids that were given come first, then keys that only one state has.
    const rank = ({ chart, key }: StateNode) => (chart.id !== undefined ? 0 : count.get(key) === 1 ? 1 : 2);
    for (const node of nodes.toSorted((a, b) => rank(a) - rank(b))) {
      const { chart, key, parent } = node;
      const around = parent?.parent === undefined ? undefined : this.#states.get(parent);
      const name = chart.id ?? (rank(node) === 1 || around === undefined ? key : `${around}_${key}`);
      this.#states.set(node, this.fresh(name));
    }
    for (const node of nodes) {
      const id = this.state(node);
      this.#events.set(native.events.stateDone(node.id), written.events.stateDone(id));
      node.chart.invoke.forEach((invoke, n) => {
        const key = invokeId(node, invoke, n, native);
        const name = this.#invokes.get(key) ?? this.fresh(invoke.id ?? `${id}-${n}`);
        this.#invokes.set(key, name);
        this.#events.set(native.events.taskDone(key), written.events.taskDone(name));
        this.#events.set(native.events.taskError(key), written.events.taskError(name));
      });
      const delays = node.chart.after.map(({ key }) => {
        const name = key.replaceAll('.', '_');
        const event = `detent.after.${id}.${name}`;
        this.#events.set(native.events.delayOver(key, node.id), event);
        return { event, id: this.fresh(`${id}-after-${name}`) };
      });
      if (delays.length > 0) this.#delays.set(node, delays);
    }
  }

  state(node: StateNode): string {
    const id = this.#states.get(node);
    if (id === undefined) throw new Error(`the state ${node.path} has no name`);
    return id;
  }

  /** By the key that the native machine knows it by. */
  invoke(key: string): string | undefined {
    return this.#invokes.get(key);
  }

  delay(node: StateNode, n: number): DelayNames {
    const names = this.#delays.get(node)?.[n];
    if (names === undefined) throw new Error(`the state ${node.path} has no delay ${n}`);
    return names;
  }

  /** What an event is called in a document that the machine makes for itself. */
  event(name: string): string | undefined {
    return this.#events.get(name);
  }

  /** Lets the end of a state be told under the name of another. */
  endsAs(native: string, written: string): void {
    this.#events.set(native, written);
  }

  /** All events that the machine makes for itself, but for errors of execution, which are called the same. */
  get made(): readonly string[] {
    return [...this.#events.values()].filter((name) => name !== EXECUTION_ERROR);
  }

  /** A name that nothing else has. */
  fresh(wanted: string): string {
    const plain = wanted.replace(/[^\p{L}\p{N}_-]/gu, '_').replace(/^(?![\p{L}_])/u, '_');
    let name = plain;
    for (let n = 2; this.#taken.has(name); n++) name = `${plain}-${n}`;
    this.#taken.add(name);
    return name;
  }
}
