import { JOB_ERRORS } from '../../core/job.js';
import type { Clock } from '../../runtime/clock.js';
import { at } from './waiting.js';

/** What carries out a task, or an action, in memory. */
export type ActorHandler = (input: never, job: ActorJob) => unknown;

export interface ActorJob {
  /** Aborted when the task's state is left, and where it is late or silent for too long. */
  readonly signal: AbortSignal;
  /** Tells that there is progress, where the task asks for heartbeats. */
  readonly heartbeat: () => void;
}

/** A task that was asked for; instants are milliseconds since 1970. */
export interface ActorTask {
  readonly name: string;
  readonly input: unknown;
  readonly dueAt?: number;
  readonly heartbeatMs?: number;
}

/** How it ended: one of these is called, once. */
interface Told {
  readonly done: (output: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/** Runs a task; gives what ends it before it has come to its end. */
export function runTask(
  { name, input, dueAt, heartbeatMs }: ActorTask,
  handler: ActorHandler | undefined,
  clock: Clock,
  { done, failed }: Told,
): () => void {
  const controller = new AbortController();
  const watches: (() => void)[] = [];
  const unwatch = (): void => {
    for (const cancel of watches) cancel();
  };
  const fail = (error: string, message: string) => (): void => {
    unwatch();
    controller.abort();
    failed({ name: error, message });
  };
  if (dueAt !== undefined) {
    watches.push(at(clock, () => dueAt, fail(JOB_ERRORS.timeout, `the task "${name}" took too long`)));
  }
  let heardAt = clock.now();
  if (heartbeatMs !== undefined) {
    const silent = fail(JOB_ERRORS.heartbeat, `the task "${name}" was silent for too long`);
    watches.push(at(clock, () => heardAt + heartbeatMs, silent));
  }
  const heartbeat = (): void => {
    heardAt = clock.now();
  };
  const run = async (): Promise<unknown> => {
    if (handler === undefined) throw new Error(`there is no handler for the task "${name}"`);
    return await handler(input as never, { signal: controller.signal, heartbeat });
  };
  void run().then(done, failed).finally(unwatch);
  return () => {
    unwatch();
    controller.abort();
  };
}
