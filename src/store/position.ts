import { Refused } from '../core/problem.js';

/**
 * A place in the order of all journal entries: behind the entry of number `seq`, at a time when `sweeps` times
 * some had been swept. The order is dense only for those who look at it; entries that are swept leave gaps.
 */
export interface Position {
  readonly seq: number;
  readonly sweeps: number;
}

/** How far sweeping has come: the last entry that was swept, and how often any was. */
export interface Swept {
  readonly seq: number;
  readonly sweeps: number;
}

/**
 * @example
 * positionText({ seq: 17, sweeps: 2 }); // => '17.2'
 */
export function positionText({ seq, sweeps }: Position): string {
  return `${seq}.${sweeps}`;
}

/**
 * Reads a position that was handed out; `''` is the beginning, behind which nothing is missing. Throws Refused
 * (`invalid-position`) if it is none of ours.
 *
 * @example
 * positionOf('17.2'); // => { seq: 17, sweeps: 2 }
 * positionOf(''); // => undefined
 */
export function positionOf(text: string): Position | undefined {
  if (text === '') return undefined;
  const [, seq, sweeps] = /^(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (seq === undefined || sweeps === undefined) throw invalidPosition(text);
  return { seq: Number(seq), sweeps: Number(sweeps) };
}

/** Whether something behind a position was swept since it was handed out. */
export function isReset(position: Position | undefined, swept: Swept): boolean {
  return position !== undefined && position.seq < swept.seq && position.sweeps !== swept.sweeps;
}

/** What whoever hands in a text is told that is no position of the store's. */
export function invalidPosition(text: string): Refused {
  return new Refused({
    code: 'invalid-position',
    message: `${JSON.stringify(text)} is not a position that was handed out`,
    path: '',
    hint: 'hand in the "position" of an answer before, or an empty text for the beginning',
  });
}
