import type { Json } from './json.js';

/**
 * One version of a machine, immutable once published. Its identity is the hash of its content:
 * publishing the same content again is the same definition.
 */
export interface Definition {
  readonly hash: string;
  /** The machine's name; a machine has versions 1, 2, … */
  readonly machine: string;
  readonly version: number;
  /** The name of the Language that steps it. */
  readonly language: string;
  readonly source: Json;
  /**
   * The version of the implementations that it was published with: only a worker that has this version, or
   * says that its own does as well, may step it (rule 9). Absent where any will do.
   */
  readonly code?: string;
}

/** A definition without its source: what a listing needs. */
export type Version = Omit<Definition, 'source'>;

/** A definition before the store has given it a version. */
export type NewDefinition = Omit<Definition, 'version'>;
