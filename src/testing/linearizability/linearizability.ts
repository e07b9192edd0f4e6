import type { Operation, SequentialModel } from './sequential-model.js';
import { type Mark, Timeline } from './timeline.js';

/** Steps of the model that are tried before a history is given up on. */
export const MAX_TRIES = 2_000_000;

export type Verdict =
  /** `order`: indices of the operations, as they may have taken effect. */
  | { readonly kind: 'linearizable'; readonly order: readonly number[] }
  /** `placed`: the longest order that could be found; `stuckAt`: what was answered next, and could not be. */
  | { readonly kind: 'violation'; readonly placed: readonly number[]; readonly stuckAt: number }
  /** Nobody knows: the search was given up. A test must take it for a failure. */
  | { readonly kind: 'unknown' };

/**
 * Whether an object that several callers used at once behaved as if each operation had happened at one instant
 * between its call and its answer (Herlihy and Wing). The search of Wing and Gong with the memory of Lowe: it
 * places one operation after another whose call comes before every answer that is left, and never looks twice
 * at the same operations placed with the same state.
 *
 * @example
 * const register = {
 *   init: 0,
 *   step: (state, write, read) => (write !== null ? write : read === undefined || read === state ? state : undefined),
 *   key: String,
 * };
 * const write = { op: 1, calledAt: 0, answer: { at: 1, result: null } };
 * const read = (result) => ({ op: null, calledAt: 2, answer: { at: 3, result } });
 * checkLinearizability(register, [write, read(1)]).kind; // => 'linearizable'
 * checkLinearizability(register, [write, read(0)]).kind; // => 'violation'
 */
export function checkLinearizability<State, Op, Result>(
  model: SequentialModel<State, Op, Result>,
  operations: readonly Operation<Op, Result>[],
  maxTries: number = MAX_TRIES,
): Verdict {
  const timeline = new Timeline(operations);
  const placed: { readonly call: Mark; readonly before: State }[] = [];
  const placedBits = new Bits(operations.length);
  const seen = new Set<string>();
  let state = model.init;
  let furthest: Verdict = { kind: 'violation', placed: [], stuckAt: -1 };
  let mark = timeline.first;
  for (let tries = 0; !timeline.isDone; ) {
    if (mark?.isCall === true) {
      const operation = operations[mark.index] as Operation<Op, Result>;
      if (++tries > maxTries) return { kind: 'unknown' };
      const next = model.step(state, operation.op, operation.answer?.result);
      placedBits.flip(mark.index);
      const isNew = next !== undefined && isAdded(seen, placedBits.text + model.key(next));
      if (next !== undefined && isNew) {
        placed.push({ call: mark, before: state });
        state = next;
        timeline.takeOut(mark);
        mark = timeline.first;
      } else {
        placedBits.flip(mark.index);
        mark = mark.after;
      }
      continue;
    }
    // The end, or an answer to what could not be placed before it: something placed earlier was wrong.
    if (furthest.kind === 'violation' && (furthest.stuckAt === -1 || placed.length > furthest.placed.length))
      furthest = { kind: 'violation', placed: indices(placed), stuckAt: mark?.index ?? -1 };
    const last = placed.pop();
    if (last === undefined) return furthest;
    state = last.before;
    placedBits.flip(last.call.index);
    timeline.putBack(last.call);
    mark = last.call.after;
  }
  return { kind: 'linearizable', order: indices(placed) };
}

/**
 * Checks the operations of each object by themselves, which is enough: a history is linearizable if it is so
 * for every object (Herlihy and Wing, locality). Answers the verdicts by key.
 */
export function checkEach<State, Op, Result>(
  model: SequentialModel<State, Op, Result>,
  operations: readonly Operation<Op, Result>[],
  keyOf: (op: Op) => string,
  maxTries: number = MAX_TRIES,
): ReadonlyMap<string, Verdict> {
  const parts = new Map<string, Operation<Op, Result>[]>();
  for (const operation of operations) {
    const key = keyOf(operation.op);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [operation]);
    else part.push(operation);
  }
  return new Map([...parts].map(([key, part]) => [key, checkLinearizability(model, part, maxTries)]));
}

function indices(placed: readonly { readonly call: Mark }[]): number[] {
  return placed.map(({ call }) => call.index);
}

function isAdded(set: Set<string>, text: string): boolean {
  const size = set.size;
  return set.add(text).size > size;
}

/** A set of small numbers, with an exact text. */
class Bits {
  readonly #words: Uint16Array;

  constructor(size: number) {
    this.#words = new Uint16Array(Math.ceil(size / 16));
  }

  flip(index: number): void {
    const word = index >> 4;
    this.#words[word] = (this.#words[word] ?? 0) ^ (1 << (index & 15));
  }

  get text(): string {
    let text = '';
    for (const word of this.#words) text += String.fromCharCode(word);
    return text;
  }
}
