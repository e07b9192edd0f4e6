import type { Definition, Version } from './definition.js';
import type { Instance, Status } from './instance.js';
import type { Job, JobStatus } from './job.js';
import type { HistoryEntry, Outcome } from './journal.js';
import type { Json } from './json.js';
import type { View } from './language.js';
import type { Problem } from './problem.js';

/**
 * What server, CLI and programs speak to: made by the runtime on a Store. What a caller did wrong rejects
 * with Refused, whose `code` says what:
 *
 * - `definition-invalid`, `unknown-language`: nothing was published
 * - `unknown-machine`, `unknown-instance`: there is none of that name
 * - `conflict`: the id is taken by something else
 * - `invalid-id`, `not-json`, `payload-too-large`: the request itself
 * - `schedule-invalid`: the specification, with everything that is wrong with it
 */
export interface Engine {
  /** Checks and stores a definition; the same content again answers the version it already has. */
  publish(definition: Publication): Promise<Definition>;
  /** The newest version of every machine, by name. */
  machines(): Promise<readonly Version[]>;
  /** Resolves once the instance is durable and readable. The same id, machine and input answers the same. */
  create(machine: string, options?: CreateOptions): Promise<InstanceView>;
  /**
   * Creates the schedule of a name, which is an instance: read it, send it `pause`, `trigger` or `update`, and
   * stop it by the id that comes back. The same name and specification answers the same.
   */
  schedule(name: string, specification: Json): Promise<InstanceView>;
  /** Resolves once the event is durable; with `wait` once it was applied, or the wait is over. */
  send(instance: string, event: SentEvent, options?: SendOptions): Promise<Receipt>;
  /** Undefined if there is no such instance. */
  read(instance: string): Promise<InstanceView | undefined>;
  list(query?: InstanceQuery): Promise<Page<InstanceView>>;
  count(query?: Omit<InstanceQuery, 'limit' | 'after'>): Promise<number>;
  history(instance: string, query?: PageQuery): Promise<Page<HistoryEntry>>;
  jobs(query?: JobQuery): Promise<Page<Job>>;
  /** Ends a running instance from outside. */
  stop(instance: string, reason?: { readonly error?: string; readonly cause?: string }): Promise<Receipt>;
  /** Lets a parked instance be stepped again (rule 8). */
  retry(instance: string): Promise<void>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

export interface Publication {
  readonly machine: string;
  readonly language: string;
  readonly source: Json;
  /** As in Definition; where this process has implementations of the machine, their version if absent. */
  readonly code?: string;
}

export interface CreateOptions {
  readonly id?: string;
  readonly input?: Json;
  readonly wait?: Wait;
}

/** How long to wait for the effect of a request: a duration (`5s`), or milliseconds. */
export type Wait = string | number;

export interface SentEvent {
  readonly type: string;
  readonly data?: Json;
  /** The same id with the same body is applied once; with another body it is a conflict (rule 3). */
  readonly id?: string;
}

export interface SendOptions {
  /** Create the instance from this machine if there is none. */
  readonly create?: string;
  readonly wait?: Wait;
}

/** What became of a sent event. */
export interface Receipt {
  readonly instance: string;
  /** The event's id; ours, which has a slash and can be sent by nobody, if the sender gave none. */
  readonly id: string;
  /** Whether the event was there already. */
  readonly duplicate: boolean;
  /** Present once it was folded. */
  readonly applied?: { readonly revision: number; readonly outcome: Outcome };
}

/** An instance as people and programs read it. */
export interface InstanceView extends Omit<Instance, 'state'>, View {
  readonly version: number;
  /** When something of it is due next, by the store's clock: in the past if it waits for a worker. */
  readonly nextDueAt?: number;
  /** Present if it was given up on and waits for a retry. */
  readonly parked?: Problem;
  /** Why it does not move although something is due: what no worker here can step or handle (rule 9). */
  readonly lag?: string;
}

export interface PageQuery {
  /** At most MAX_PAGE. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface InstanceQuery extends PageQuery {
  readonly machine?: string;
  readonly status?: Status;
  /** Only those that were given up on. */
  readonly parked?: boolean;
}

export interface JobQuery extends PageQuery {
  readonly instance?: string;
  readonly queue?: string;
  /** The task's. */
  readonly name?: string;
  readonly status?: JobStatus;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Present if there is more. */
  readonly next?: string;
}

export interface Health {
  readonly ok: boolean;
  readonly store: string;
  readonly instances: number;
  readonly dueMessages: number;
  readonly pendingJobs: number;
  readonly parked: number;
}
