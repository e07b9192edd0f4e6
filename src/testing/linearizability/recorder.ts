import type { Operation } from './sequential-model.js';

/**
 * Writes down what callers in one process do. Its clock counts calls and answers as they happen, which is all
 * that matters of their times.
 */
export class Recorder<Op, Result> {
  readonly #operations: Operation<Op, Result>[] = [];
  #time = 0;

  /** To be called before the operation is; what it returns is called with the answer, if one ever comes. */
  call(op: Op): (result: Result) => void {
    const index = this.#operations.length;
    const call = { op, calledAt: this.#time++ };
    this.#operations.push(call);
    return (result) => {
      this.#operations[index] = { ...call, answer: { at: this.#time++, result } };
    };
  }

  get operations(): readonly Operation<Op, Result>[] {
    return this.#operations;
  }
}
