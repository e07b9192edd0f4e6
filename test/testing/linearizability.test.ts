import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkEach, checkLinearizability } from '../../src/testing/linearizability/linearizability.js';
import { Recorder } from '../../src/testing/linearizability/recorder.js';
import type { Operation, SequentialModel } from '../../src/testing/linearizability/sequential-model.js';

type Op = { write: number } | { cas: readonly [from: number, to: number] } | { read: true };
/** What a read saw; whether a compare-and-set took place. */
type Result = number | boolean;

const register: SequentialModel<number, Op, Result> = {
  init: 0,
  key: String,
  step(state, op, result) {
    if ('write' in op) return op.write;
    if ('read' in op) return result === undefined || result === state ? state : undefined;
    const isTaken = op.cas[0] === state;
    if (result !== undefined && result !== isTaken) return undefined;
    return isTaken ? op.cas[1] : state;
  },
};

function done(op: Op, calledAt: number, at: number, result: Result = true): Operation<Op, Result> {
  return { op, calledAt, answer: { at, result } };
}

const read = { read: true } as const;
const kindOf = (...operations: Operation<Op, Result>[]) => checkLinearizability(register, operations).kind;

describe('the check of a history', () => {
  it('accepts one operation after the other', () => {
    expect(kindOf()).toBe('linearizable');
    expect(kindOf(done({ write: 1 }, 0, 1), done(read, 2, 3, 1))).toBe('linearizable');
  });

  it('accepts either order of what overlaps, and tells it', () => {
    for (const seen of [0, 1]) {
      const operations = [done({ write: 1 }, 0, 10), done(read, 1, 2, seen)];
      const order = seen === 0 ? [1, 0] : [0, 1];
      expect(checkLinearizability(register, operations)).toEqual({ kind: 'linearizable', order });
    }
  });

  it('refuses a stale read, and says where it got stuck', () => {
    const operations = [done({ write: 1 }, 0, 1), done(read, 2, 3, 0)];
    expect(checkLinearizability(register, operations)).toEqual({
      kind: 'violation',
      placed: [0],
      stuckAt: 1,
    });
  });

  it('refuses what was seen and then unseen', () => {
    const write = done({ write: 1 }, 0, 10);
    expect(kindOf(write, done(read, 1, 2, 1), done(read, 3, 4, 0))).toBe('violation');
    expect(kindOf(write, done(read, 1, 2, 0), done(read, 3, 4, 1))).toBe('linearizable');
  });

  it('refuses a lost update: two that both took the same step', () => {
    const both = [done({ cas: [0, 1] }, 0, 5), done({ cas: [0, 2] }, 1, 6)] as const;
    expect(kindOf(...both)).toBe('violation');
    expect(kindOf(both[0], done({ cas: [0, 2] }, 1, 6, false))).toBe('linearizable');
  });

  it('refuses a split view: two readers that saw two writes in different orders', () => {
    const writes = [done({ write: 1 }, 0, 9), done({ write: 2 }, 0, 9)] as const;
    const reader = (at: number, ...seen: number[]) =>
      seen.map((one, i) => done(read, at + i, at + i + 0.5, one));
    expect(kindOf(...writes, ...reader(1, 1, 2), ...reader(3, 2, 1))).toBe('violation');
    expect(kindOf(...writes, ...reader(1, 1, 2), ...reader(3, 2, 2))).toBe('linearizable');
  });

  it('lets what was never answered take effect late, early, or not at all', () => {
    const pending: Operation<Op, Result> = { op: { write: 1 }, calledAt: 0 };
    expect(kindOf(pending)).toBe('linearizable');
    expect(kindOf(pending, done(read, 1, 2, 0), done(read, 3, 4, 1))).toBe('linearizable');
    expect(kindOf(pending, done(read, 1, 2, 1), done(read, 3, 4, 0))).toBe('violation');
    expect(kindOf(done(read, 1, 2, 1), { ...pending, calledAt: 3 })).toBe('violation');
  });

  it('says that it does not know where it may not try long enough', () => {
    const writes = Array.from({ length: 20 }, (_, i) => done({ write: i + 1 }, 0, 100));
    const impossible = [...writes, done(read, 0, 100, 77)];
    expect(checkLinearizability(register, impossible, 1_000)).toEqual({ kind: 'unknown' });
    const few = [...writes.slice(0, 3), done(read, 0, 100, 77)];
    expect(checkLinearizability(register, few, 1_000).kind).toBe('violation');
  });

  it('never counts a try too many', () => {
    const operations = [done({ write: 1 }, 0, 1), done({ write: 2 }, 2, 3)];
    expect(checkLinearizability(register, operations, 2).kind).toBe('linearizable');
    expect(checkLinearizability(register, operations, 1).kind).toBe('unknown');
  });

  it('refuses to read a history that is none', () => {
    expect(() => kindOf(done(read, 2, 1, 0))).toThrow('an answer before its call');
  });

  it('checks each object by itself', () => {
    type Addressed = { to: string; op: Op };
    const model: SequentialModel<number, Addressed, Result> = {
      ...register,
      step: (state, { op }, result) => register.step(state, op, result),
    };
    const to = (name: string, { op, ...rest }: Operation<Op, Result>) => ({ ...rest, op: { to: name, op } });
    const operations = [
      to('a', done({ write: 1 }, 0, 1)),
      to('b', done(read, 2, 3, 0)),
      to('c', done(read, 2, 3, 1)),
    ];
    const verdicts = checkEach(model, operations, (op) => op.to);
    const kinds = [...verdicts].map(([key, { kind }]) => [key, kind]);
    expect(kinds).toEqual([
      ['a', 'linearizable'],
      ['b', 'linearizable'],
      ['c', 'violation'],
    ]);
  });
});

const anOp: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ write: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ cas: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })) }),
  fc.constant(read),
);

/** What a true register would answer to operations that take effect in this order. */
function truthful(
  plan: readonly {
    readonly op: Op;
    readonly lead: number;
    readonly lag: number;
    readonly answered: boolean;
  }[],
) {
  let state = 0;
  return plan.map(({ op, lead, lag, answered }, at): Operation<Op, Result> => {
    const result = 'read' in op ? state : 'write' in op || op.cas[0] === state;
    state = register.step(state, op, result) ?? state;
    const call = { op, calledAt: at - lead };
    return answered ? { ...call, answer: { at: at + lag, result } } : call;
  });
}

const aPlan = fc.array(
  fc.record({
    op: anOp,
    lead: fc.double({ min: 0, max: 6, noNaN: true }),
    lag: fc.double({ min: 0, max: 6, noNaN: true }),
    answered: fc.boolean(),
  }),
  { maxLength: 60 },
);

/** By trying every order of every choice of the unanswered: the definition itself. */
function isLinearizable(operations: readonly Operation<Op, Result>[], state = 0): boolean {
  const answered = operations.filter(({ answer }) => answer !== undefined);
  if (answered.length === 0) return true;
  const firstAnswer = Math.min(...answered.map(({ answer }) => answer?.at ?? 0));
  return operations.some((operation) => {
    if (operation.calledAt > firstAnswer) return false;
    const next = register.step(state, operation.op, operation.answer?.result);
    return (
      next !== undefined &&
      isLinearizable(
        operations.filter((other) => other !== operation),
        next,
      )
    );
  });
}

describe('the check of any history', () => {
  it('accepts whatever a true register answers', () => {
    fc.assert(
      fc.property(aPlan, (plan) => {
        expect(checkLinearizability(register, truthful(plan)).kind).toBe('linearizable');
      }),
    );
  });

  it('refuses a true history in which one read saw what was never written', () => {
    fc.assert(
      fc.property(aPlan, fc.nat(), (plan, where) => {
        const operations = truthful([...plan, { op: read, lead: 0, lag: 0, answered: true }]);
        const reads = operations.filter(({ op, answer }) => 'read' in op && answer !== undefined);
        const chosen = reads[where % reads.length];
        const corrupted = operations.map((operation) =>
          operation === chosen && operation.answer !== undefined
            ? { ...operation, answer: { ...operation.answer, result: 9 } }
            : operation,
        );
        expect(checkLinearizability(register, corrupted).kind).toBe('violation');
      }),
    );
  });

  it('comes to what trying every order comes to, for histories with any answers', () => {
    const kinds = new Set<string>();
    const anOperation = fc
      .record({
        op: anOp,
        calledAt: fc.integer({ min: 0, max: 12 }),
        takes: fc.integer({ min: 0, max: 6 }),
        seen: fc.integer({ min: 0, max: 3 }),
        isTaken: fc.boolean(),
        answered: fc.integer({ min: 0, max: 3 }),
      })
      .map(({ op, calledAt, takes, seen, isTaken, answered }): Operation<Op, Result> => {
        const result = 'read' in op ? seen : 'write' in op || isTaken;
        return answered === 0 ? { op, calledAt } : { op, calledAt, answer: { at: calledAt + takes, result } };
      });
    fc.assert(
      fc.property(fc.array(anOperation, { maxLength: 7 }), (operations) => {
        const { kind } = checkLinearizability(register, operations);
        kinds.add(kind);
        expect(kind).toBe(isLinearizable(operations) ? 'linearizable' : 'violation');
      }),
      { numRuns: 2_000 },
    );
    expect([...kinds].sort()).toEqual(['linearizable', 'violation']);
  });

  it('gives an order that the model allows', () => {
    fc.assert(
      fc.property(aPlan, (plan) => {
        const operations = truthful(plan);
        const verdict = checkLinearizability(register, operations);
        if (verdict.kind !== 'linearizable') throw new Error(verdict.kind);
        let state = 0;
        for (const index of verdict.order) {
          const { op, answer } = operations[index] as Operation<Op, Result>;
          const next = register.step(state, op, answer?.result);
          expect(next).toBeDefined();
          state = next ?? state;
        }
        const unplaced = operations.filter((_, index) => !verdict.order.includes(index));
        expect(unplaced.every(({ answer }) => answer === undefined)).toBe(true);
      }),
    );
  });
});

describe('a recorder', () => {
  it('writes down the order in which calls were made and answered', () => {
    const recorder = new Recorder<string, number>();
    const first = recorder.call('a');
    const second = recorder.call('b');
    second(2);
    recorder.call('c');
    first(1);
    expect(recorder.operations).toEqual([
      { op: 'a', calledAt: 0, answer: { at: 4, result: 1 } },
      { op: 'b', calledAt: 1, answer: { at: 2, result: 2 } },
      { op: 'c', calledAt: 3 },
    ]);
  });
});
