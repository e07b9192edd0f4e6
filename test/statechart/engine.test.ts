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

describe('what a machine invokes, of several versions', () => {
  const leaf = (n: number): Json => ({
    id: 'leaf',
    initial: 'z',
    output: n,
    states: { z: { type: 'final' } },
  });
  const invoking = (id: string, machine: string, more: Json = {}): Json => ({
    id,
    context: { got: null },
    initial: 'waiting',
    output: '{% context.got %}',
    states: {
      waiting: { on: { GO: 'asking' }, always: { target: 'asking', guard: `{% ${id !== 'outer'} %}` } },
      asking: { invoke: { machine, onDone: { target: 'end', assign: { got: '{% event.output %}' } } } },
      end: { type: 'final' },
    },
    ...(more as object),
  });
  const publish = (source: Json) =>
    engine.publish({ machine: (source as { id: string }).id, language: 'statechart', source });
  const start = (id: string) => engine.create('outer', { id, input: null, wait: '5s' });
  const outcome = async (id: string) => {
    await engine.send(id, { type: 'GO' });
    return (await until(id, ({ status }) => status !== 'running')).output;
  };

  it('is as old as the instance that it began for, at every depth', async () => {
    engine = await openEngine({ db: 'memory:', definitions: [] });
    for (const source of [leaf(1), invoking('inner', 'leaf'), invoking('outer', 'inner')])
      await publish(source);
    await start('old');
    await publish(leaf(2));
    await start('new');
    expect(await outcome('old')).toBe(1);
    expect(await outcome('new')).toBe(2);
  });

  it('is the newest where there was none when it began', async () => {
    engine = await openEngine({ db: 'memory:', definitions: [] });
    await publish(invoking('outer', 'leaf'));
    await start('early');
    await publish(leaf(1));
    await publish(leaf(2));
    expect(await outcome('early')).toBe(2);
  });

  it('is what was the newest when the instance was taken over to another version', async () => {
    engine = await openEngine({ db: 'memory:', definitions: [] });
    for (const source of [leaf(1), invoking('outer', 'leaf')]) await publish(source);
    await start('moved');
    await start('left');
    await publish(leaf(2));
    await publish(invoking('outer', 'leaf', { migrate: true }));
    await engine.migrate('outer', { instance: 'moved' });
    await publish(leaf(3));
    expect(await outcome('moved')).toBe(2);
    expect(await outcome('left')).toBe(1);
  });
});
