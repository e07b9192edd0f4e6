import type { Operation } from './sequential-model.js';

/** A call or an answer in the order of time; a call knows its answer, where it had one. */
export interface Mark {
  /** Of the operation, in the order of the history. */
  readonly index: number;
  readonly isCall: boolean;
  answer: Mark | undefined;
  before: Mark | undefined;
  after: Mark | undefined;
}

/**
 * All calls and answers of a history as a linked list, from which operations are taken out and put back in
 * constant time: the list of Lowe, "Testing for linearizability" (2016).
 */
export class Timeline {
  readonly #head: Mark = { index: -1, isCall: false, answer: undefined, before: undefined, after: undefined };
  /** Answers in the list. */
  #answers = 0;

  constructor(operations: readonly Operation<unknown, unknown>[]) {
    const marks = operations.flatMap(({ calledAt, answer }, index) => {
      if (answer !== undefined && answer.at < calledAt) throw new Error('an answer before its call');
      const call: Mark = { ...this.#head, index, isCall: true };
      if (answer === undefined) return [{ at: calledAt, mark: call }];
      call.answer = { ...this.#head, index };
      return [
        { at: calledAt, mark: call },
        { at: answer.at, mark: call.answer },
      ];
    });
    // What happens at the same time may have overlapped: calls come first.
    marks.sort((a, b) => a.at - b.at || Number(b.mark.isCall) - Number(a.mark.isCall));
    let last = this.#head;
    for (const { mark } of marks) {
      mark.before = last;
      last.after = mark;
      last = mark;
      if (!mark.isCall) this.#answers += 1;
    }
  }

  get first(): Mark | undefined {
    return this.#head.after;
  }

  /** Whether every operation that was answered is taken out. */
  get isDone(): boolean {
    return this.#answers === 0;
  }

  takeOut(call: Mark): void {
    unlink(call);
    if (call.answer === undefined) return;
    unlink(call.answer);
    this.#answers -= 1;
  }

  /** Puts back what was taken out last. */
  putBack(call: Mark): void {
    if (call.answer !== undefined) {
      link(call.answer);
      this.#answers += 1;
    }
    link(call);
  }
}

function unlink(mark: Mark): void {
  if (mark.before !== undefined) mark.before.after = mark.after;
  if (mark.after !== undefined) mark.after.before = mark.before;
}

function link(mark: Mark): void {
  if (mark.before !== undefined) mark.before.after = mark;
  if (mark.after !== undefined) mark.after.before = mark;
}
