/** What a supervised process tells its supervisor, over IPC. */
export type Report =
  /** It is alive: every BEAT_MS, from its first moment on. */
  | { readonly type: 'beat' }
  /** It does its work. `keep` is handed to its successors. */
  | { readonly type: 'ready'; readonly keep: string }
  /** It was asked for what cannot be done, has said so, and would fail again if it were started again. */
  | { readonly type: 'refused' };

/** What a supervisor tells the process: finish what is at hand and end. */
export interface Order {
  readonly type: 'stop';
}

/** What a supervised process is born with, as JSON in the environment variable SUPERVISED. */
export interface Birth {
  /** The supervisor's process id. */
  readonly parent: number;
  /** Where the process notes what it is about to do. */
  readonly noteFile: string;
  /** From 1: the how-manieth process this is. */
  readonly start: number;
  /** What the last one that was ready asked to keep. */
  readonly keep?: string;
}

export const SUPERVISED = 'DETENT_SUPERVISED';

/** How often a supervised process says that it is alive, in milliseconds. */
export const BEAT_MS = 200;

/** Begins the note of a process that runs a module's code: what never ends there will not at the next start. */
export const LOADING = 'loading ';
