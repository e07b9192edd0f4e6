import type { Json, JsonObject } from '../../core/json.js';

/** What an execution that reads has read so far, and what it has still to ask for. */
export interface StoredCollection {
  readonly items: readonly Json[];
  /** The next first. */
  readonly requests: readonly Request[];
  /** The parts of an object that came so far, where it comes in parts. */
  readonly text?: string;
}

/** Something to be asked for, and what it is. */
export interface Request {
  /** `list`: ListObjectsV2; the others GetObject. */
  readonly of: 'list' | 'manifest' | 'data';
  readonly parameters: JsonObject;
  /** The columns of the data, where a manifest names them. */
  readonly headers?: readonly string[];
}
