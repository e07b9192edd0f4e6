import type { Json } from '../../../core/json.js';
import { DIALECTS } from '../../../statechart/dialect.js';
import { EXECUTION_ERROR, isReserved } from '../../../statechart/machine-event.js';
import type { Listener, StateNode, Transition } from '../../../statechart/node.js';
import { allOf, guardOf } from './content.js';
import { isStill } from './moves.js';
import type { Translation } from './translation.js';

const { matches, prefixOf } = DIALECTS.native;

/** One transition of a state, and the descriptor that it has in a native machine. */
interface Heard {
  readonly descriptor: string;
  readonly transition: Transition;
}

/**
 * What the states of a machine listen for, so that W3C's rules lead where XState's do: the most specific descriptor comes first;
 * a name that others begin with is asked for by its whole; `*` takes no errors; and what a region takes, even where it
 * stays as it is, no state around takes.
 */
export class Listening {
  readonly #at: Translation;
  /** Names that have others below them. */
  readonly #shared: ReadonlySet<string>;

  constructor(at: Translation) {
    this.#at = at;
    const names = at.linked.nodes.flatMap(({ chart }) => chart.on.flatMap(({ descriptors }) => descriptors));
    this.#shared = new Set([...names, ...raisedIn(at.source)].flatMap(prefixesOf));
  }

  /** In the order in which W3C tries them: the event, and what is asked besides the transition's own guard. */
  of(node: StateNode): readonly { event: string; transition: Transition; asks: Json | undefined }[] {
    // The end of the machine is the end of all: nothing hears of it.
    const end = node.parent === undefined ? DIALECTS.native.events.stateDone(node.id) : undefined;
    const known = heardBy(node).filter(({ descriptor }) => descriptor !== end);
    const heard = known.toSorted((a, b) => compare(rank(b.descriptor), rank(a.descriptor)));
    const inner = innerListeners(node);
    return heard.map(({ descriptor, transition }) => ({
      event: this.#written(descriptor, transition.chart.path),
      transition,
      asks: allOf([this.#exactly(descriptor), this.#unlessTaken(descriptor, transition, inner)]),
    }));
  }

  /** The descriptor as a document has it. */
  #written(descriptor: string, path: string): string {
    const { names } = this.#at;
    const own = names.event(descriptor);
    if (own !== undefined) return own;
    if (isReserved(descriptor)) {
      this.#at.refuse(path, `SCXML has no event like ${JSON.stringify(descriptor)}`);
    } else if (/\s/.test(descriptor)) {
      this.#at.refuse(path, `in SCXML the name of an event has no blanks: ${JSON.stringify(descriptor)}`);
    } else if (descriptor !== '*' && names.made.some((name) => DIALECTS.scxml.matches(descriptor, name))) {
      const message = `${JSON.stringify(descriptor)} is what SCXML calls an event that the machine makes for itself`;
      this.#at.refuse(path, message);
    }
    return descriptor;
  }

  /** In SCXML `a` takes `a.b`, too, and `*` errors. */
  #exactly(descriptor: string): Json | undefined {
    if (descriptor === '*') return this.#at.mayFail ? NO_ERROR : undefined;
    const isOwn = this.#at.names.event(descriptor) !== undefined;
    if (isOwn || prefixOf(descriptor) !== undefined || !this.#shared.has(descriptor)) return undefined;
    return nameIs(descriptor);
  }

  /**
   * A native state takes nothing where a region below it takes something. With W3C it does on behalf of the other regions, unless both would leave
   * the same state; so where one of both leaves none, the outer one asks whether the inner one is out of the question.
   */
  #unlessTaken(descriptor: string, outer: Transition, inner: readonly Heard[]): Json | undefined {
    const rivals = inner.filter(
      ({ descriptor: other, transition }) =>
        overlap(descriptor, other) && (isStill(outer) || isStill(transition)),
    );
    const taken = rivals.map(({ descriptor: other, transition }) => {
      const { source, chart } = transition;
      const isIn = { in: `#${this.#at.names.state(source)}` };
      const named = covers(other, descriptor) ? undefined : this.#named(other);
      const allowed =
        chart.guard === undefined
          ? undefined
          : guardOf(this.#at, chart.guard, { node: source, moves: false });
      return allOf([isIn, named, allowed]) as Json;
    });
    if (taken.length === 0) return undefined;
    return { not: taken.length === 1 ? (taken[0] as Json) : { or: taken } };
  }

  #named(descriptor: string): Json {
    const prefix = prefixOf(descriptor);
    if (prefix === undefined) return nameIs(this.#at.names.event(descriptor) ?? descriptor);
    const begins = `$substring(event.type, 0, ${prefix.length + 1}) = ${JSON.stringify(`${prefix}.`)}`;
    return `{% event.type = ${JSON.stringify(prefix)} or ${begins} %}`;
  }
}

const NO_ERROR = `{% $not(event.type = "${EXECUTION_ERROR}" or $substring(event.type, 0, 13) = "error.invoke.") %}`;

function nameIs(name: string): string {
  return `{% event.type = ${JSON.stringify(name)} %}`;
}

function heardBy({ on }: StateNode): Heard[] {
  return on.map(({ descriptors: [descriptor = ''], transition }: Listener) => ({ descriptor, transition }));
}

/** What states in single regions below this one listen for. */
function innerListeners(node: StateNode): readonly Heard[] {
  const found: Heard[] = [];
  const look = (state: StateNode, isWithin: boolean): void => {
    for (const child of state.children.values()) {
      const isInRegion = isWithin || state.type === 'parallel';
      if (isInRegion) found.push(...heardBy(child));
      look(child, isInRegion);
    }
  };
  if (node.on.length > 0) look(node, false);
  return found;
}

/** Exact names before wildcards, and of those the longest first (XState). */
function rank(descriptor: string): number {
  return descriptor === '*' ? 0 : (prefixOf(descriptor)?.length ?? Number.POSITIVE_INFINITY);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Whether an event may match both. */
function overlap(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}

/** Whether whatever matches `b` matches `a`. */
function covers(a: string, b: string): boolean {
  if (a === b) return true;
  if (b === '*') return false;
  const prefix = prefixOf(b);
  if (prefix === undefined) return matches(a, b);
  return a === '*' || (prefixOf(a) !== undefined && matches(a, prefix));
}

/** `a` and `a.b` of `a.b.c`; of `a.*` also `a` itself, which is not all that it matches. */
function prefixesOf(name: string): string[] {
  const parts = name.split('.');
  return parts.slice(1).map((_, n) => parts.slice(0, n + 1).join('.'));
}

/** Names of events that actions raise or send, wherever they stand. */
function raisedIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, Json]) => {
    const isName = typeof member === 'string' && (key === 'raise' || key === 'type');
    return isName ? [member] : raisedIn(member);
  });
}
