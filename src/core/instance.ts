/** Where an instance stands. `failed` can be redriven; the last four have ended. */
export const STATUSES = ['running', 'paused', 'succeeded', 'failed', 'timed_out', 'stopped'] as const;

export type Status = (typeof STATUSES)[number];

/** One run of a machine: an "entity" to those who keep it, an "execution" to those who run it. */
export interface Instance {
  readonly id: string;
  readonly machine: string;
  /** The hash of the definition that steps it. */
  readonly definition: string;
  readonly status: Status;
  /** Events journaled so far, whatever their outcome; the optimistic lock. */
  readonly revision: number;
  /** JSON text of the language's state; null until the start event was folded. */
  readonly state: string | null;
  readonly parent?: string;
  readonly createdAt: number;
  /** The stamp of its last event. */
  readonly updatedAt: number;
}

/** Whether no further event can change an instance of this status (a redrive aside). */
export function hasEnded(status: Status): boolean {
  return status !== 'running' && status !== 'paused';
}
