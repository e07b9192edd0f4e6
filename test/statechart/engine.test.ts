import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { type Engine, openEngine } from '../../src/embed/engine.js';

const payment: Json = {
  id: 'payment',
  context: { amount: '{% input.amount %}' },
  initial: 'asking',
  states: {
    asking: {
      on: {
        'card.read': { target: 'paid', assign: { card: '{% event.data.no %}' } },
        HINT: { actions: { send: { to: '#_parent', type: 'TOLD', data: '{% context.amount %}' } } },
        REFUSE: { assign: { broken: '{% context.none.at.all %}' } },
      },
      invoke: { src: 'bill', input: '{% context.amount %}', onError: 'declined' },
    },
    paid: { type: 'final', output: { card: '{% context.card %}', amount: '{% context.amount %}' } },
    declined: { entry: { raise: 'unknown' }, invoke: { src: 'refuse' } },
  },
};

const order: Json = {
  id: 'order',
  context: { told: [] },
  initial: 'paying',
  states: {
    paying: {
      invoke: {
        machine: 'payment',
        id: 'pay',
        input: { amount: 5 },
        forward: 'card.*',
        onDone: { target: 'paid', assign: { receipt: '{% event.output %}' } },
        onError: { target: 'unpaid', assign: { why: '{% event.error %}' } },
      },
      on: {
        HINT: { actions: { send: { to: '#_pay', type: 'HINT' } } },
        TOLD: { assign: { told: '{% $append(context.told, [event.data]) %}' } },
        CANCEL: 'cancelled',
      },
    },
    paid: { type: 'final' },
    unpaid: { after: { '20ms': 'reminded' } },
    reminded: { entry: { raise: { type: 'AGAIN', delay: '20ms' } }, on: { AGAIN: 'given-up' } },
    'given-up': { type: 'final' },
    cancelled: {},
  },
};

let engine: Engine;

async function open(handlers: Readonly<Record<string, (input: unknown) => unknown>> = {}): Promise<void> {
  const definitions = [payment, order] as never;
  const never = () => new Promise(() => {});
  engine = await openEngine({
    db: 'memory:',
    definitions,
    handlers: { bill: never, refuse: never, ...handlers },
  });
  await engine.create('order', { id: 'one', input: null, wait: '5s' });
}

async function until(
  id: string,
  done: (view: NonNullable<Awaited<ReturnType<typeof engine.read>>>) => boolean,
) {
  for (let i = 0; i < 500; i++) {
    const view = await engine.read(id);
    if (view !== undefined && done(view)) return view;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${id} did not come so far: ${JSON.stringify(await engine.read(id))}`);
}

async function childId(): Promise<string> {
  const { items } = await engine.list({ machine: 'payment' });
  expect(items).toHaveLength(1);
  return items[0]?.id ?? '';
}

afterEach(() => engine.close());

describe('a machine that is invoked, in an engine', () => {
  it('lives as an instance of its own, is sent events, answers its parent, and ends with its output', async () => {
    await open();
    await engine.send('one', { type: 'HINT' });
    await until('one', ({ context }) => JSON.stringify(context).includes('[5]'));
    await engine.send('one', { type: 'card.read', data: { no: 7 } });
    const { value, context, status } = await until('one', (view) => view.status !== 'running');
    expect([value, status]).toEqual(['paid', 'succeeded']);
    expect(context).toEqual({ told: [5], receipt: { card: 7, amount: 5 } });
    expect(await engine.read(await childId())).toMatchObject({ status: 'succeeded' });
  });

  it('is stopped when its state is left', async () => {
    await open();
    const child = await childId();
    await engine.send('one', { type: 'CANCEL' });
    await until(child, ({ status }) => status === 'stopped');
    expect(await engine.read('one')).toMatchObject({ value: 'cancelled', status: 'running' });
  });

  it('fails its parent’s invocation when it fails, and what is held back then comes in its time', async () => {
    await open({
      bill: () => {
        throw new Error('no bills today');
      },
      refuse: () => {
        throw Object.assign(new Error('no money'), { name: 'Declined' });
      },
    });
    const { value, context } = await until('one', ({ status }) => status === 'succeeded');
    expect(value).toBe('given-up');
    expect(context).toEqual({ told: [], why: { name: 'Declined', message: 'no money' } });
  });

  it('fails at once where there is no such machine', async () => {
    engine = await openEngine({ db: 'memory:', definitions: [order] as never });
    await engine.create('order', { id: 'one', input: null });
    const { context } = await until('one', ({ status }) => status === 'succeeded');
    expect(context).toMatchObject({ why: { name: 'UnknownMachine' } });
  });
});
