import type { Json, JsonObject } from '../../core/json.js';
import type { Progress } from './object.js';
import type { Passage } from './passage.js';

/** How far an execution is that reads items for a distributed Map. */
export interface StoredReading {
  /** What is to be asked for, the next first. */
  readonly requests: readonly Request[];
  /** The items so far, and those of them that are in no portion yet. */
  readonly total: number;
  readonly items: readonly Json[];
  /** The portions so far, and the effect that they are known by. */
  readonly portions: number;
  readonly group?: string;
}

/** Something to be asked for, and what it is. */
export interface Request {
  /** `list`: ListObjectsV2; the others GetObject. */
  readonly of: 'list' | 'manifest' | 'data';
  readonly parameters: JsonObject;
  /** What came of it and is not made items of; whose end says that nothing more is to be asked for. */
  readonly passage?: Passage;
  /** Of a list: the pages before it, and a token among theirs, by which it is noticed that they go round in a circle. */
  readonly pages?: number;
  readonly mark?: string;
  /** Where it goes on, where it comes in parts. */
  readonly progress?: Progress;
}
