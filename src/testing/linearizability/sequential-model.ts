/**
 * What an object does when one operation comes after another: the specification that concurrent use of it is
 * held against.
 */
export interface SequentialModel<State, Op, Result> {
  readonly init: State;
  /**
   * The state after an operation that answered so, or undefined if it could not have. Without a result nobody
   * heard the answer: any will do.
   */
  step(state: State, op: Op, result: Result | undefined): State | undefined;
  /** A text that is the same for equal states. */
  key(state: State): string;
}

/** An operation as its caller saw it. */
export interface Operation<Op, Result> {
  readonly op: Op;
  /** When it was called and when it was answered, by one clock for all callers. */
  readonly calledAt: number;
  /** Absent if it never was: it may have taken effect at any time since, or not at all. */
  readonly answer?: { readonly at: number; readonly result: Result };
}
