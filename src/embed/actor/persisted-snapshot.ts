import type { Json } from '../../core/json.js';
import { digest } from '../../expression/digest/digest.js';
import type { StateValue } from '../../statechart/configuration.js';
import type { HistoryValue } from '../../statechart/history-value.js';
import type { HeldEffect } from '../../statechart/machine-effect.js';
import type { SnapshotStatus } from '../../statechart/snapshot.js';
import type { ActorTask } from './actor-task.js';

/** Where an actor stands and what it waits for: plain JSON. Instants are milliseconds since 1970. */
export interface PersistedSnapshot {
  readonly value: StateValue;
  readonly context: unknown;
  readonly status: SnapshotStatus;
  readonly history?: HistoryValue;
  readonly output?: unknown;
  readonly error?: unknown;
  /** Delays of active states. */
  readonly timers?: readonly { readonly key: string; readonly dueAt: number }[];
  /** Events that are held back. */
  readonly held?: readonly {
    readonly key?: string;
    readonly dueAt: number;
    readonly event: HeldEffect['event'];
  }[];
  readonly tasks?: readonly (ActorTask & {
    readonly key: string;
    /** Where it may be tried again: how often each `retry` was made use of. */
    readonly used?: readonly number[];
  })[];
  readonly children?: readonly {
    readonly key: string;
    readonly machine: string;
    readonly snapshot: PersistedSnapshot;
    /** Where it may be tried again. */
    readonly input?: unknown;
    readonly used?: readonly number[];
  }[];
  /** Tasks and machines that failed, and are tried again then. */
  readonly retries?: readonly {
    readonly key: string;
    readonly input: unknown;
    readonly used: readonly number[];
    readonly machine?: string;
    readonly dueAt: number;
  }[];
  /** The hash of the definition that it stands in. */
  readonly definition: string;
}

/** The hash of a machine's definition, as an engine that has published it knows it. */
export function definitionHash({ id, source }: { readonly id: string; readonly source: Json }): string {
  return digest(JSON.stringify([id, 'statechart', source]), 'SHA-256').slice(0, 32);
}
