/** What a task is told beside its input. */
export interface TaskScope<TInput> {
  readonly input: TInput;
  /** Aborted when nobody waits for the answer any longer. */
  readonly signal: AbortSignal | undefined;
}

/** A task's handler, with the type of what it answers. */
export type TaskLogic<TOutput, TInput> = (
  input: TInput,
  job?: { readonly signal?: AbortSignal },
) => PromiseLike<TOutput>;

/**
 * A task that XState writes as a promise: `actors: { load: fromPromise(({ input }) => fetchOrder(input.id)) }`. On an engine
 * it is a job, which runs after the commit, at least once.
 */
export function fromPromise<TOutput, TInput = unknown>(
  run: (scope: TaskScope<TInput>) => PromiseLike<TOutput>,
): TaskLogic<TOutput, TInput> {
  return (input, job) => run({ input, signal: job?.signal });
}
