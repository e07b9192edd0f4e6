import { AsyncLocalStorage } from 'node:async_hooks';

/** A handler at work, as far as its errors go. */
export interface Culprit {
  readonly instance: string;
  readonly resource: string;
  /** Fails the task, if it has not ended. */
  readonly fail: (error: unknown) => void;
}

let running: AsyncLocalStorage<Culprit> | undefined;

/**
 * From here on what handlers throw can be told apart. Not before: it costs every promise of the process something,
 * and only who owns the process can make use of it.
 */
export function keepCulprits(): void {
  running ??= new AsyncLocalStorage();
}

/** Runs a handler so that what its code throws where nobody waits for it can be told from everyone else's. */
export function blamable<T>(culprit: Culprit, handler: () => T): T {
  return running === undefined ? handler() : running.run(culprit, handler);
}

/**
 * Fails the task of the handler that threw an error nobody caught, in a timer or a forgotten promise, and
 * answers whose it was; undefined if it is no handler's. To be called where Node hands over such errors
 * (`uncaughtException`), by whoever owns the process.
 */
export function blame(error: unknown): Culprit | undefined {
  const culprit = running?.getStore();
  culprit?.fail(error);
  return culprit;
}
