import type { ChildEndedEvent } from '../../core/event.js';
import { type Json, utf8Length } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { itemReaderFailure } from '../errors.js';
import type { Waiting } from '../execution.js';
import { MAX_ITEM_BYTES, MAX_PORTION_ITEMS, PORTION_BYTES } from '../limits.js';
import type { Move } from '../program.js';

/** Items taken apart so that each portion can be brought at once. Throws `tooLarge` of an item that no execution could be given. */
export function portionsOf(items: readonly Json[], tooLarge: (index: number) => Error): Json[][] {
  const portions: Json[][] = [];
  let left = 0;
  let last: Json[] = [];
  for (const [index, item] of items.entries()) {
    const bytes = utf8Length(JSON.stringify(item)) + 1;
    if (bytes > MAX_ITEM_BYTES) throw tooLarge(index);
    if (portions.length === 0 || bytes > left || last.length === MAX_PORTION_ITEMS) {
      last = [];
      left = PORTION_BYTES;
      portions.push(last);
    }
    last.push(item);
    left -= bytes;
  }
  return portions;
}

/** Begins the executions that hold portions, from a place in their group on, and waits for them. */
export function hold(
  { turn }: ActiveThread,
  part: string,
  group: string,
  portions: readonly (readonly Json[])[],
  firstPlace = 0,
): Move {
  const { machine } = turn.execution.start;
  for (const [at, input] of portions.entries()) {
    const place = { group, index: firstPlace + at };
    turn.effects.push({ type: 'spawn', id: turn.nextEffectId(), machine, part, ...place, input });
  }
  const { length } = portions;
  return { kind: 'wait', waiting: { for: 'portions', effect: group, left: length, of: length } };
}

/** The end of one of them has come: what is waited for next, if anything is. Throws where it holds nothing. */
export function stillHolding(waiting: Waiting, { status, child }: ChildEndedEvent): Waiting | undefined {
  if (status !== 'succeeded')
    throw itemReaderFailure(`The items that ${child} was to hold are lost: it is ${status}.`);
  const left = (waiting.left ?? 1) - 1;
  return left === 0 ? undefined : { ...waiting, left };
}
