import { given } from '../core/given.js';

/**
 * Something went wrong in a state, under an Error Name (States Language: Errors). It is thrown by what runs
 * in a state and taken by the step, which looks for a Retrier, then a Catcher, then fails the execution.
 */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly error: string | undefined;
  override readonly cause: string | undefined;
  /** Whether the cause still wants the words that say in which state it happened. */
  readonly located: boolean;
  /** The field that a JSONata expression stands in, for States.QueryEvaluationError. */
  readonly field: string | undefined;

  constructor(
    error: string | undefined,
    cause: string | undefined,
    details: { readonly located?: boolean; readonly field?: string } = {},
  ) {
    super(cause ?? error ?? 'failed');
    this.error = error;
    this.cause = cause;
    this.located = details.located ?? false;
    this.field = details.field;
  }

  /** As it is kept until it can be told. */
  stored(): StoredFailure {
    const { error, cause, located, field } = this;
    return given({ error, cause, located: located || undefined, field });
  }

  static of({ error, cause, ...details }: StoredFailure): StateFailure {
    return new StateFailure(error, cause, details);
  }
}

/** A failure as JSON. */
export interface StoredFailure {
  readonly error?: string;
  readonly cause?: string;
  readonly located?: boolean;
  readonly field?: string;
}

/** The reserved Error Names that something is decided by. */
export const ERRORS = {
  all: 'States.ALL',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
  heartbeatTimeout: 'States.HeartbeatTimeout',
  runtime: 'States.Runtime',
  dataLimitExceeded: 'States.DataLimitExceeded',
  resultPathMatchFailure: 'States.ResultPathMatchFailure',
  intrinsicFailure: 'States.IntrinsicFailure',
  exceedToleratedFailureThreshold: 'States.ExceedToleratedFailureThreshold',
  queryEvaluation: 'States.QueryEvaluationError',
  itemReaderFailed: 'States.ItemReaderFailed',
  resultWriterFailed: 'States.ResultWriterFailed',
} as const;

/** What no Retrier and no Catcher can take: it always ends the execution. */
export function runtimeFailure(cause: string): StateFailure {
  return new StateFailure(ERRORS.runtime, cause, { located: true });
}

/** A JSONata expression went wrong, or its result is of no use to the field it stands in. */
export function queryFailure(cause: string, field?: string): StateFailure {
  return new StateFailure(
    ERRORS.queryEvaluation,
    cause,
    field === undefined ? { located: true } : { located: true, field },
  );
}

/** The items of a distributed Map cannot be read. */
export function itemReaderFailure(cause: string | undefined): StateFailure {
  return new StateFailure(ERRORS.itemReaderFailed, cause);
}

/** The results of a distributed Map cannot be written. */
export function resultWriterFailure(cause: string): StateFailure {
  return new StateFailure(ERRORS.resultWriterFailed, cause);
}

/** More items of a Map run have failed than may. */
export function toleranceFailure(): StateFailure {
  const cause = 'The specified tolerated failure threshold was exceeded';
  return new StateFailure(ERRORS.exceedToleratedFailureThreshold, cause);
}

/** `what` is the state's name, or the task's resource as AWS names it. */
export function dataLimitFailure(what: string): StateFailure {
  return new StateFailure(
    ERRORS.dataLimitExceeded,
    `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

/**
 * Whether an ErrorEquals list takes an error (States Language: Errors). States.Runtime is taken by nothing;
 * States.TaskFailed by everything but States.Timeout; a missed heartbeat is a timeout as well.
 *
 * @example
 * errorMatches(['States.TaskFailed'], 'CardDeclined'); // => true
 * errorMatches(['States.TaskFailed'], 'States.Timeout'); // => false
 * errorMatches(['States.ALL'], 'States.Runtime'); // => false
 */
export function errorMatches(errorEquals: readonly string[], error: string | undefined): boolean {
  if (error === ERRORS.runtime) return false;
  return errorEquals.some((name) => {
    if (name === ERRORS.all || name === error) return true;
    if (name === ERRORS.taskFailed) return error !== ERRORS.timeout;
    return name === ERRORS.timeout && error === ERRORS.heartbeatTimeout;
  });
}
