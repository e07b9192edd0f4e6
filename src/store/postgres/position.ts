import { invalidPosition } from '../position.js';

/**
 * A place in the order of all journal entries, which is that of (xid, seq): transactions take their xid as they
 * begin to write, so what is below the xid of the oldest that is under way is all there, and nothing is inserted
 * there any more. `sweeps`: how often something had been swept when it was handed out.
 */
export interface Position {
  readonly xid: bigint;
  readonly seq: number;
  readonly sweeps: number;
}

/** How far sweeping has come: the last entry that was swept, and how often any was. */
export type Swept = Position;

export function positionText({ xid, seq, sweeps }: Position): string {
  return `${xid}.${seq}.${sweeps}`;
}

/** Reads a position that was handed out; `''` is the beginning. Throws Refused `invalid-position` for others. */
export function positionOf(text: string): Position | undefined {
  if (text === '') return undefined;
  const [, xid, seq, sweeps] = /^(\d{1,18})\.(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (xid === undefined) throw invalidPosition(text);
  return { xid: BigInt(xid), seq: Number(seq), sweeps: Number(sweeps) };
}

/** Whether something behind a position was swept since it was handed out. */
export function isReset(position: Position | undefined, swept: Swept): boolean {
  return position !== undefined && position.sweeps !== swept.sweeps && isBefore(position, swept);
}

/** The one of two that comes later. */
export function later(a: Position, b: Position): Position {
  return isBefore(a, b) ? b : a;
}

function isBefore(a: Position, b: Position): boolean {
  return a.xid < b.xid || (a.xid === b.xid && a.seq < b.seq);
}
