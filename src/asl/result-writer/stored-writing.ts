/** Where the results of a Map run are written: as a folder of its own behind the prefix. */
export interface ResultTarget {
  readonly bucket: string;
  /** What all keys begin with, a slash at its end where there is one. */
  readonly prefix: string;
}

/** What the files hold: those that succeeded, those that did not, and those that never began. */
export const RESULT_KINDS = ['SUCCEEDED', 'FAILED', 'PENDING'] as const;
export type ResultKind = (typeof RESULT_KINDS)[number];

export interface ResultFile {
  readonly Key: string;
  /** Bytes (UTF-8). */
  readonly Size: number;
}

/** How far the writing of results is. */
export interface StoredWriting {
  /** What is written now; the manifest comes last. */
  readonly of: ResultKind | 'manifest';
  /** All executions of that kind that begin with an item before this one are written. */
  readonly next: number;
  readonly files: Readonly<Record<ResultKind, readonly ResultFile[]>>;
  /** The items, and the executions, whose results are written. */
  readonly items: number;
  readonly executions: number;
}

export const NOT_WRITTEN: StoredWriting = {
  of: 'SUCCEEDED',
  next: 0,
  files: { SUCCEEDED: [], FAILED: [], PENDING: [] },
  items: 0,
  executions: 0,
};
