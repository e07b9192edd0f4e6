import { describe, expect, it } from 'vitest';
import {
  and,
  assign,
  cancel,
  createMachine,
  emit,
  initialTransition,
  log,
  type MachineEffect,
  not,
  or,
  Refused,
  raise,
  sendParent,
  sendTo,
  stateIn,
  transition,
} from '../../src/index.js';

interface Context {
  readonly n: number;
}

type Events =
  | { readonly type: 'GO'; readonly by: number }
  | { readonly type: 'NEXT'; readonly n: number }
  | { readonly type: 'NEVER' };

const machine = createMachine(
  {
    types: {} as { context: Context; events: Events },
    context: { n: 2 },
    type: 'parallel',
    states: {
      a: {
        initial: 'x',
        states: {
          x: {
            on: {
              GO: {
                guard: and([
                  ({ event }) => event.type === 'GO' && event.by > 0,
                  or(['no', not('no')]),
                  stateIn('b'),
                ]),
                actions: [
                  assign({ n: ({ context, event }) => context.n + (event.type === 'GO' ? event.by : 0) }),
                  raise(({ context }) => ({ type: 'NEXT', n: context.n })),
                  raise({ type: 'NEVER' }, { delay: ({ context }) => context.n * 10, id: 'later' }),
                  cancel('other'),
                  sendTo('child', { type: 'HI' }),
                  sendTo(
                    ({ context }) => `order-${context.n}`,
                    ({ context }) => ({ type: 'HI', n: context.n }),
                  ),
                  sendParent({ type: 'DONE' }),
                  emit(({ context }) => ({ type: 'SEEN', n: context.n })),
                  log(({ context }) => context.n, 'n'),
                ],
              },
              NEXT: { target: 'y', guard: ({ event }) => event.type === 'NEXT' && event.n === 5 },
            },
          },
          y: {},
        },
      },
      b: {},
    },
  },
  { guards: { no: () => false } },
);

describe('a machine that is written with XState’s builders', () => {
  it('does what they say, with flat events', () => {
    const [snapshot, effects] = transition(machine, initialTransition(machine)[0], { type: 'GO', by: 3 });
    expect(snapshot.value).toEqual({ a: 'y', b: {} });
    expect(snapshot.context).toEqual({ n: 5 });
    expect(effects).toEqual<MachineEffect[]>([
      { type: 'hold', key: 'later', delayMs: 50, event: { raise: { type: 'NEVER' } } },
      { type: 'cancel', kind: 'event', key: 'other' },
      { type: 'send', to: '#_child', name: 'HI' },
      { type: 'send', to: 'order-5', name: 'HI', data: { n: 5 } },
      { type: 'send', to: '#_parent', name: 'DONE' },
      { type: 'emit', event: { type: 'SEEN', n: 5 } },
      { type: 'log', label: 'n', value: 5 },
    ]);
  });

  it('asks all of its guards', () => {
    const [start] = initialTransition(machine);
    expect(transition(machine, start, { type: 'GO', by: -1 })[0]).toBe(start);
  });

  it('is plain JSON and functions by name', () => {
    expect(JSON.parse(JSON.stringify(machine.source))).toEqual(machine.source);
  });

  it('takes what they give as the implementation of a name', () => {
    const named = createMachine(
      { context: { n: 0 }, on: { GO: { guard: 'both', actions: ['count', 'tell'] } } },
      {
        guards: { both: and(['one', () => true]), one: not(() => false) },
        actions: {
          count: assign({ n: ({ context }: { context: Context }) => context.n + 1 }),
          tell: emit(({ context }: { context: Context }) => ({ type: 'SEEN', n: context.n })),
        } as never,
      },
    );
    const [snapshot, effects] = transition(named, initialTransition(named)[0], { type: 'GO' });
    expect([snapshot.context, effects]).toEqual([
      { n: 1 },
      [{ type: 'emit', event: { type: 'SEEN', n: 1 } }],
    ]);
  });

  it('refuses implementations that lead back to themselves', () => {
    const circular = () =>
      createMachine(
        { on: { GO: { guard: 'a' } } },
        { guards: { a: not('b') as never, b: not('a') as never } },
      );
    expect(circular).toThrow(Refused);
    expect(circular).toThrow(/leads back to itself/);
    const actions = { a: { choose: [{ actions: 'a' }] } } as never;
    expect(() => createMachine({ entry: 'a' }, { actions })).toThrow(/leads back to itself/);
  });

  it('is in a state that a value names, however its keys are written', () => {
    expect(stateIn({ a: 'x', 'b.c': { d: {} } }).built).toEqual({ and: [{ in: 'a.x' }, { in: 'b\\.c.d' }] });
  });

  it('never calls what a builder gave', () => {
    expect(() => raise({ type: 'X' })({ context: {}, event: { type: 'X' } }, undefined, undefined)).toThrow(
      /not to be called/,
    );
  });
});
