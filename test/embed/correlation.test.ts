import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { type Engine, openEngine } from '../../src/embed/engine.js';
import { onEachStore } from './each-store.js';

const PATIENCE = { timeout: 20_000, interval: 20 };

const payment: Json = {
  StartAt: 'Payment',
  States: {
    Payment: {
      ...{ Type: 'Message', CorrelationKey: 'order_id', CorrelationValuePath: '$.orderId' },
      ...{ ResultPath: '$.message', End: true },
    },
  },
};

const open: Engine[] = [];

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
});

/** A worker, and another engine on the same database. */
async function begin(db: string): Promise<{ worker: Engine; other: Engine }> {
  const worker = await openEngine({ db });
  open.push(worker);
  await worker.publish({ machine: 'payment', language: 'asl', source: payment });
  if (db === 'memory:') return { worker, other: worker };
  const other = await openEngine({ db, worker: false });
  open.push(other);
  return { worker, other };
}

async function wait(engine: Engine, id: string, orderId: Json): Promise<void> {
  await engine.create('payment', { id, input: { orderId } });
  await expect.poll(async () => (await engine.read(id))?.awaits, PATIENCE).toBeDefined();
}

const becomes = (engine: Engine, id: string, status: string) =>
  expect.poll(async () => (await engine.read(id))?.status, PATIENCE).toBe(status);

function describeOn(name: string, fresh: () => string): void {
  describe(`a correlated message, on ${name}`, () => {
    it('reaches the execution that waits for its value, and nobody else', async () => {
      const { worker, other } = await begin(fresh());
      await wait(worker, 'first', 1);
      await wait(worker, 'second', 2);
      const message = { key: 'order_id', value: '1', data: { paid: true } };
      expect(await other.correlate(message)).toEqual({ matched: 1, instances: ['first'] });
      await becomes(worker, 'first', 'succeeded');
      expect((await worker.read('first'))?.output).toEqual({ orderId: 1, message });
      expect(await worker.read('second')).toMatchObject({
        status: 'running',
        awaits: [{ key: 'order_id', value: 2 }],
      });
      expect(await other.correlate({ key: 'order_id', value: '9' })).toEqual({ matched: 0, instances: [] });
      expect(await other.correlate(message)).toEqual({ matched: 0, instances: [] });
    }, 60_000);

    it('reaches all that wait, or the one that waits longest', async () => {
      const { worker, other } = await begin(fresh());
      for (const id of ['c', 'b', 'a']) await wait(worker, id, 'x');
      const message = { key: 'order_id', value: 'x' };
      expect(await other.correlate(message, 'one')).toEqual({ matched: 1, instances: ['c'] });
      expect(await other.correlate(message)).toEqual({ matched: 2, instances: ['a', 'b'] });
      for (const id of ['a', 'b', 'c']) await becomes(worker, id, 'succeeded');
    }, 60_000);

    it('reaches nobody who was stopped', async () => {
      const { worker, other } = await begin(fresh());
      await wait(worker, 'a', 1);
      await worker.stop('a');
      await becomes(worker, 'a', 'stopped');
      expect(await other.correlate({ key: 'order_id', value: 1 })).toEqual({ matched: 0, instances: [] });
    }, 60_000);
  });
}

onEachStore('a correlated message', describeOn);

describe('a message that cannot be correlated', () => {
  it.each([
    [{ key: '', value: 1 }, 'invalid-correlation'],
    [{ key: 7 as never, value: 1 }, 'invalid-correlation'],
    [{ key: 'k', value: 'x'.repeat(999) }, 'invalid-correlation'],
    [{ key: 'k', value: '\ud800' }, 'invalid-correlation'],
    [{ key: 'k', value: 1, data: 'x'.repeat(262_144) }, 'payload-too-large'],
    [{ key: 'k', value: (() => {}) as never }, 'not-json'],
  ])('is refused: %#', async (message, code) => {
    const { worker } = await begin('memory:');
    await expect(worker.correlate(message)).rejects.toMatchObject({ code });
  });

  it('is not, at the edge', async () => {
    const { worker } = await begin('memory:');
    const value = 'x'.repeat(998);
    expect(await worker.correlate({ key: 'k', value })).toEqual({ matched: 0, instances: [] });
  });
});

it('two messages at once end a wait once', async () => {
  const { worker } = await begin('memory:');
  await wait(worker, 'a', 1);
  const said = await Promise.all(
    ['x', 'y', 'y'].map((data) => worker.correlate({ key: 'order_id', value: 1, data })),
  );
  expect(said.map(({ matched }) => matched)).toEqual([1, 0, 0]);
  await becomes(worker, 'a', 'succeeded');
  expect((await worker.read('a'))?.output).toMatchObject({ message: { data: 'x' } });
});
