import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/core/definition.js';
import { foldMigration } from '../../src/core/fold.js';
import type { Json } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import type { EarlierScope } from '../../src/statechart/config.js';
import { statechart } from '../../src/statechart/language.js';
import { createMachine } from '../../src/statechart/machine.js';
import { Hand } from './hand.js';

const before: Json = {
  id: 'order',
  version: 'spring',
  context: { sum: 5, note: 'kept' },
  initial: 'open',
  states: {
    open: {
      initial: 'editing',
      after: { '30s': '#order.closed', '1h': '#order.closed' },
      timeout: '2h',
      onTimeout: '#order.closed',
      invoke: [{ src: 'watch', id: 'watch' }, { src: 'old' }, { machine: 'payment', id: 'pay' }],
      entry: { raise: { type: 'LATER', delay: '10s' } },
      states: {
        editing: { on: { NEXT: 'review' } },
        review: {},
        past: { type: 'history' },
      },
      on: { HOLD: 'held' },
    },
    held: { on: { BACK: 'open.past' } },
    closed: { type: 'final' },
  },
};

function definitionOf(source: Json, version = 1, hash = 'a1b2c3d4e5f6'): Definition {
  return { machine: 'order', version, language: 'statechart', hash, source };
}

/** Where it stands is taken over to another version. */
function migrate(hand: Hand, source: Json, from = definitionOf(before), implementations = {}): Step {
  const program = statechart.compile(source, implementations);
  hand.revision++;
  const stamp = {
    id: `e${hand.revision}`,
    instance: 'order-1',
    revision: hand.revision,
    at: hand.revision * 1_000,
    seed: 's',
  };
  const edition = (definition: string, version: number) => ({ definition, version });
  const step = foldMigration(
    statechart,
    program,
    hand.standing,
    { ...stamp, type: 'migrate', from: edition(from.hash, from.version), to: edition('ffff', 2) },
    from,
  );
  if (step.outcome.kind === 'applied') {
    Object.assign(hand, { program });
    hand.standing = step;
  }
  return step;
}

function started(source: Json = before): Hand {
  const hand = new Hand(source);
  hand.start();
  return hand;
}

/** Another machine that takes over from `before`. */
function next(states: Json, rest: Readonly<Record<string, Json>> = {}): Json {
  return { id: 'order', initial: 'open', states, migrate: true, ...rest };
}

describe('a migration', () => {
  it('leaves an instance where it is if the definition has the same states, and keeps what it waits for', () => {
    const hand = started();
    const pending = (hand.standing.state as { pending: Json }).pending;
    const step = migrate(hand, { ...(before as object), migrate: true } as Json);
    expect(step).toMatchObject({ status: 'running', effects: [], outcome: { kind: 'applied' } });
    expect(step.state).toMatchObject({ value: { open: 'editing' }, context: { sum: 5 }, pending });
    expect(step.history).toEqual([
      {
        type: 'InstanceMigrated',
        data: { from: 1, to: 2, kept: 7, before: 'open.editing', after: 'open.editing' },
      },
    ]);
  });

  it('takes a state with all below it to where it has gone, and what it waits for along, under its new name', () => {
    const hand = started();
    const { open, ...rest } = (before as { states: Record<string, Json> }).states as Record<string, Json>;
    const source = next(
      { shop: { initial: 'open', states: { open: open ?? null } }, ...rest },
      { initial: 'shop', migrate: [{ states: { open: 'shop.open' } }] },
    );
    const moved = JSON.parse(
      JSON.stringify(source)
        .replaceAll('"open.past"', '"shop.open.past"')
        .replace('"HOLD":"held"', '"HOLD":"#order.held"'),
    ) as Json;
    const step = migrate(hand, moved);
    expect(step.effects).toEqual([]);
    expect(step.state).toMatchObject({ value: { shop: { open: 'editing' } } });
    const pending = Object.values((step.state as { pending: Record<string, Json> }).pending);
    expect(pending).toContainEqual({ timer: 'xstate.after.30s.order.shop.open', dueAt: 31_000 });
    expect(pending).toContainEqual({ task: '1.order.shop.open' });
    expect(pending).toContainEqual({ child: 'pay' });
    // Under the same effects: the answers find it.
    hand.step({ type: 'timer.fired', effect: '1.1' });
    expect(hand.standing).toMatchObject({ status: 'succeeded' });
  });

  it('cancels what only the earlier definition waited for, and begins what only this one does', () => {
    const hand = started();
    const step = migrate(
      hand,
      next({
        open: {
          after: { '30s': 'open', '5m': 'open' },
          timeout: '3h',
          onTimeout: 'open',
          invoke: [
            { src: 'watch', id: 'watch' },
            { src: 'new', input: '{% context.sum %}' },
          ],
          initial: 'editing',
          states: { editing: {} },
        },
      }),
    );
    const effects = step.effects.map(({ id: _, ...effect }) => effect);
    expect(effects).toEqual(
      expect.arrayContaining([
        { type: 'cancel', target: '1.2', kind: 'timer' },
        { type: 'cancel', target: '1.3', kind: 'timer' },
        { type: 'cancel', target: '1.5', kind: 'task' },
        { type: 'cancel', target: '1.6', kind: 'child' },
        // Three hours from when the state was entered, not from now.
        { type: 'timer', dueAt: 1_000 + 3 * 3_600_000 },
        { type: 'timer', dueAt: 2_000 + 300_000 },
        { type: 'task', name: 'new', input: 5, ask: true },
      ]),
    );
    expect(effects).toHaveLength(7);
  });

  it('does no entry and no exit actions, but takes eventless transitions', () => {
    const hand = started();
    const step = migrate(
      hand,
      next(
        {
          waiting: {
            entry: 'enter',
            exit: { log: 'left' },
            always: { guard: '{% context.sum > 3 %}', target: 'rich' },
          },
          rich: {},
        },
        { initial: 'waiting', migrate: { states: { 'open.*': 'waiting' } } },
      ),
    );
    expect(step.state).toMatchObject({ value: 'rich' });
    expect(step.history.map(({ type }) => type)).toEqual([
      'InstanceMigrated',
      'TransitionTaken',
      ...Array.from({ length: 6 }, () => expect.stringMatching(/Cancelled|Stopped/)),
      'Logged',
    ]);
  });

  it('makes the context anew: fields, or all of it, by expressions or functions', () => {
    const states = { open: { initial: 'editing', states: { editing: {} } } };
    const migrated = (context: Json) => {
      const step = migrate(started(), next(states, { migrate: [{ context }] }));
      return (step.state as { context: Json }).context;
    };
    expect(migrated({ total: '{% context.sum * 2 %}' })).toEqual({ sum: 5, note: 'kept', total: 10 });
    expect(migrated("{% { 'total': context.sum } %}")).toEqual({ total: 5 });
    const machine = createMachine({
      id: 'order',
      initial: 'open',
      states,
      migrate: { context: ({ context }: EarlierScope) => ({ total: (context['sum'] as number) + 1 }) },
    } as never);
    const step = migrate(started(), machine.source, definitionOf(before), machine.implementations);
    expect(step.state).toMatchObject({ context: { total: 6 } });
  });

  it('takes along what history states remember, as far as the states are there', () => {
    const hand = started();
    hand.signal('NEXT');
    hand.signal('HOLD');
    const step = migrate(
      hand,
      next(
        {
          shop: {
            initial: 'editing',
            states: { editing: {}, checking: {}, past: { type: 'history' } },
          },
          held: { on: { BACK: 'shop.past' } },
        },
        { initial: 'shop', migrate: { states: { open: 'shop', 'open.review': 'shop.checking' } } },
      ),
    );
    expect(step.state).toMatchObject({ value: 'held', history: { 'shop.past': ['shop.checking'] } });
    hand.signal('BACK');
    expect(hand.standing.state).toMatchObject({ value: { shop: 'checking' } });
  });

  it('enters regions that are new by default, and leaves those out that nothing takes the place of', () => {
    const parallel = (regions: Json): Json => ({ id: 'order', type: 'parallel', states: regions });
    const region = { initial: 'x', states: { x: { on: { GO: 'y' } }, y: {} } };
    const first = parallel({ a: region, b: region });
    const hand = started(first);
    hand.signal('GO');
    const second = { ...(parallel({ a: region, c: region }) as object), migrate: { states: { b: null } } };
    expect(migrate(hand, second, definitionOf(first)).state).toMatchObject({ value: { a: 'y', c: 'x' } });
  });

  it('completes a parallel state once, though all of its regions come to their ends', () => {
    const twice = (type: string) => ({
      type: 'parallel',
      states: {
        one: { initial: 'a', states: { a: { type } } },
        two: { initial: 'a', states: { a: { type } } },
      },
    });
    const hand = started({ id: 'order', initial: 'open', states: { open: twice('atomic') } });
    const done = { onDone: { assign: { n: '{% context.n + 1 %}' } }, ...twice('final') };
    migrate(hand, next({ open: done }, { context: { n: 0 }, migrate: { context: { n: 0 } } }));
    expect(hand.standing.state).toMatchObject({ context: { n: 1 } });
  });

  it('ends an instance that comes to stand in a final state', () => {
    const hand = started();
    const source = next(
      { open: {}, over: { type: 'final', output: '{% context.sum %}' } },
      { migrate: { states: { 'open.*': 'over' } } },
    );
    expect(migrate(hand, source)).toMatchObject({ status: 'succeeded', state: { output: 5 } });
  });

  it.each<[string, Json, string]>([
    ['the definition says nothing of that version', { migrate: { from: 7 } }, 'no-migration'],
    ['the definition says nothing at all', { migrate: [] }, 'no-migration'],
    [
      'nothing takes the place of its state',
      { migrate: { states: { 'open.review': 'open' } } },
      'unmapped-state',
    ],
    [
      'the context fails',
      { migrate: { states: { 'open.*': 'open' }, context: { x: '{% context.no %}' } } },
      'error.execution',
    ],
    [
      'the context is no object',
      { migrate: { states: { 'open.*': 'open' }, context: '{% 5 %}' } },
      'error.execution',
    ],
  ])('is rejected, and the instance as it was, if %s', (_, rest, code) => {
    const hand = started();
    const standing = hand.standing;
    const step = migrate(hand, next({ open: {} }, rest as Record<string, Json>));
    expect(step).toMatchObject({
      ...standing,
      effects: [],
      outcome: { kind: 'rejected', problem: { code } },
    });
  });

  it.each<[string, Json]>([
    ['the number of the version', 1],
    ["the definition's own version", 'spring'],
    ['the beginning of its hash', 'a1b2c3d4'],
    ['one of several', [9, 'spring']],
  ])('is found by %s', (_, from) => {
    const source = next(
      { open: {} },
      {
        migrate: [
          { from: 'winter', states: { 'open.*': null } },
          { from, states: { 'open.*': 'open' } },
        ],
      },
    );
    expect(migrate(started(), source).state).toMatchObject({ value: 'open' });
  });

  it('is a problem when the machine is checked if it leads nowhere', () => {
    const source = next({ open: {} }, { migrate: { states: { a: 'opne', b: 5 }, form: 1 } });
    expect(statechart.check(source)).toMatchObject([
      { code: 'unknown-key', path: '/migrate/form', hint: 'did you mean "from"?' },
      { code: 'wrong-type', path: '/migrate/states/b' },
      { code: 'unknown-target', path: '/migrate/states/a', hint: 'did you mean "open"?' },
    ]);
  });
});

describe('a redrive', () => {
  const paying: Json = {
    id: 'order',
    context: { paid: 0 },
    initial: 'paying',
    states: {
      paying: {
        after: { '60s': 'late' },
        entry: { raise: { type: 'NUDGE', delay: '90s', id: 'nudge' } },
        invoke: [
          {
            src: 'charge',
            id: 'charge',
            input: { sum: '{% event.input.sum %}' },
            onDone: { target: 'paid', assign: { paid: '{% event.output.sum %}' } },
          },
          { machine: 'watch', id: 'watch' },
        ],
      },
      paid: { type: 'final', output: '{% context.paid %}' },
      late: {},
    },
  };

  function broken(): Hand {
    const hand = new Hand(paying);
    hand.start({ sum: 3 });
    const task = hand.last?.effects.find((effect) => effect.type === 'task');
    expect(task).toMatchObject({ input: { sum: 3 } });
    hand.step({ type: 'task.failed', effect: task?.id ?? '', error: 'Declined', cause: 'no money' });
    expect(hand.standing.status).toBe('failed');
    return hand;
  }

  it('begins again what an instance waited for when it failed, with the time that was left and the inputs of then', () => {
    const hand = broken();
    const wanted = statechart.redrive?.inputs(hand.standing.state) ?? [];
    const inputs = Object.fromEntries(wanted.map((effect, n) => [effect, { given: n }]));
    hand.revision = 99;
    const step = hand.step({ type: 'redrive', inputs });
    expect(step.status).toBe('running');
    expect(step.effects.map(({ id: _, ...effect }) => effect)).toEqual(
      expect.arrayContaining([
        { type: 'timer', dueAt: 100_000 + 59_000 },
        { type: 'timer', dueAt: 100_000 + 89_000 },
        { type: 'task', name: 'charge', input: { given: 0 }, ask: true },
        { type: 'spawn', machine: 'watch', input: { given: 1 } },
      ]),
    );
    expect(step.effects).toHaveLength(4);
    const task = step.effects.find((effect) => effect.type === 'task');
    hand.step({ type: 'task.succeeded', effect: task?.id ?? '', output: { sum: 3 } });
    expect(hand.standing).toMatchObject({ status: 'succeeded', state: { output: 3 } });
  });

  it('takes a good answer that failed it, without asking for it again, once a later version can', () => {
    const hand = new Hand(paying);
    hand.start({ sum: 3 });
    const task = hand.last?.effects.find((effect) => effect.type === 'task');
    hand.step({ type: 'task.succeeded', effect: task?.id ?? '', output: { amount: 4 } });
    expect(hand.standing.status).toBe('failed');
    // As it stands the same goes wrong again.
    expect(hand.step({ type: 'redrive', inputs: {} })).toMatchObject({
      status: 'failed',
      outcome: { kind: 'rejected', problem: { code: 'error.execution' } },
    });
    const fixed = JSON.parse(
      JSON.stringify(paying).replace('event.output.sum', 'event.output.amount'),
    ) as object;
    expect(migrate(hand, { ...fixed, migrate: true } as Json, definitionOf(paying)).status).toBe('failed');
    const step = hand.step({ type: 'redrive', inputs: {} });
    expect(step).toMatchObject({ status: 'succeeded', state: { output: 4 }, effects: [] });
  });

  it('starts an instance again that failed at its start', () => {
    const source: Json = { id: 'm', context: { n: '{% input.n %}' }, initial: 'a', states: { a: {} } };
    const hand = new Hand(source);
    expect(hand.start({}).status).toBe('failed');
    expect(statechart.redrive?.inputs(hand.standing.state)).toEqual(['start']);
    expect(hand.step({ type: 'redrive', inputs: { start: { n: 1 } } })).toMatchObject({
      status: 'running',
      state: { value: 'a', context: { n: 1 } },
    });
  });

  it('remembers what the history states did', () => {
    const source: Json = {
      id: 'm',
      initial: 'a',
      states: {
        a: {
          initial: 'x',
          states: { x: { on: { N: 'y' } }, y: {}, h: { type: 'history' } },
          on: { GO: 'b' },
        },
        b: { invoke: { src: 'work' }, on: { BACK: 'a.h' } },
      },
    };
    const hand = new Hand(source);
    hand.start();
    hand.signal('N');
    hand.signal('GO');
    hand.step({ type: 'task.failed', effect: '3.0', error: 'E', cause: '' });
    hand.step({ type: 'redrive', inputs: {} });
    hand.signal('BACK');
    expect(hand.standing).toMatchObject({ status: 'running', state: { value: { a: 'y' } } });
  });

  it('is ignored by an instance that has not failed', () => {
    const hand = started();
    expect(hand.step({ type: 'redrive', inputs: {} }).outcome.kind).toBe('ignored');
    hand.step({ type: 'stop' });
    expect(hand.step({ type: 'redrive', inputs: {} }).outcome.kind).toBe('ignored');
  });
});
