import type { Json } from '../core/json.js';

/** What went wrong while a text was read, at an offset into it. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  /** JSON Pointer to the value at fault, as far as it is known. */
  readonly path: string;
  readonly offset: number;
  readonly hint?: string;
  /** The value is there all the same. */
  readonly severity?: 'warning';
}

/** Where one value stands in its text. */
export interface Place {
  /** Where its key stands, if it is a member of an object. */
  readonly keyAt?: number;
  readonly valueAt: number;
  readonly scalar: boolean;
}

/** A text that was read: its value unless it has none, and where its parts stand. */
export interface Tree {
  /** Absent if a fault leaves no value. Of a key that stands twice it has the last, and the rest can be checked. */
  readonly value?: Json;
  readonly faults: readonly Fault[];
  /** The place of the value that a JSON Pointer names, if it exists. */
  find(path: string): Place | undefined;
}

/** More faults than these are not reported: after so many, most are echoes of the first. */
export const MAX_FAULTS = 20;

/** Adds a fault, while there are not too many. Warnings never keep an error from being told. */
export function addFault(faults: Fault[], fault: Fault): void {
  const most = fault.severity === 'warning' ? MAX_FAULTS / 2 : MAX_FAULTS;
  if (faults.length < most) faults.push(fault);
}

/** Whether a text has a value in spite of its faults, none of which went unreported. */
export function isReadable(faults: readonly Fault[]): boolean {
  return (
    faults.length < MAX_FAULTS &&
    faults.every(({ code, severity }) => code === 'duplicate-key' || severity === 'warning')
  );
}
