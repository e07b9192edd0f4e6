import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import type { Json } from '../../src/core/json.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { type ProbeState, probe } from '../../src/testing/probe-language.js';

let engine: Engine;
let store: Store;

async function open(): Promise<void> {
  store = openMemoryStore();
  const registry = new Registry({ languages: [probe] });
  engine = new DurableEngine({ store, registry, clock: systemClock, identity: 'test:1:0:1', works: true });
  for (const machine of ['probe', 'other']) {
    await engine.publish({ machine, language: 'probe', source: { machine } });
  }
}

afterEach(() => engine.close());

const wait = '10s';
const soon = { timeout: 10_000 };
const refused = (code: string) => expect.objectContaining({ name: 'Refused', code });
const applied = async (id: string) => ((await engine.read(id))?.context as unknown as ProbeState)?.applied;
const statusOf = async (id: string) => (await engine.read(id))?.status;

async function outcomes(id: string): Promise<string[]> {
  return (await store.journal(id, {})).items.map(({ event, outcome }) => {
    return `${(JSON.parse(event) as { type: string }).type} ${outcome.kind}`;
  });
}

/** Sends what its step throws at, and waits until it is given up on. */
async function poison(id: string, input: Json = null): Promise<void> {
  await engine.create('probe', { id, input });
  if (input === null) await engine.send(id, { type: 'x', data: [{ throw: 'poison' }] });
  await expect.poll(async () => (await engine.read(id))?.parked, { timeout: 10_000 }).toBeDefined();
}

describe('a paused instance', () => {
  it('says so, and folds what came meanwhile in its order once it is resumed', async () => {
    await open();
    await engine.create('probe', { id: 'a', wait });
    expect(await engine.pause({ instance: 'a' })).toBe(true);
    expect(await engine.pause({ instance: 'a' })).toBe(false);
    await engine.send('a', { type: 'x', id: 'one' });
    expect(await engine.send('a', { type: 'x', id: 'two' }, { wait: 50 })).not.toHaveProperty('applied');
    expect(await engine.read('a')).toMatchObject({ status: 'paused', revision: 1 });
    expect(await engine.read('a')).not.toHaveProperty('lag');
    expect(await engine.resume({ instance: 'a' })).toBe(true);
    expect(await engine.resume({ instance: 'a' })).toBe(false);
    await expect.poll(() => applied('a'), soon).toEqual(['/start', 'one', 'two']);
    expect(await statusOf('a')).toBe('running');
  });

  it('is refused where there is none, or it has ended', async () => {
    await open();
    await engine.create('probe', { id: 'a', input: [{ end: 'succeeded' }], wait });
    for (const change of [engine.pause.bind(engine), engine.resume.bind(engine)]) {
      await expect(change({ instance: 'nobody' })).rejects.toEqual(refused('unknown-instance'));
      await expect(change({ instance: 'a' })).rejects.toEqual(refused('ended'));
      await expect(change({ machine: 'prob' })).rejects.toEqual(refused('unknown-machine'));
      await expect(change({ queue: '' })).rejects.toEqual(refused('invalid-id'));
    }
  });
});

describe('a paused machine', () => {
  it('keeps its instances running and unstepped, and says why where something of them is due', async () => {
    await open();
    await engine.create('probe', { id: 'a', wait });
    await engine.pause({ machine: 'probe' });
    expect(await engine.paused()).toEqual([{ machine: 'probe' }]);
    expect(await engine.read('a')).not.toHaveProperty('lag');
    await engine.send('a', { type: 'x', id: 'one' });
    await engine.create('other', { id: 'b', wait });
    expect(await applied('a')).toEqual(['/start']);
    expect(await engine.read('a')).toMatchObject({
      status: 'running',
      lag: expect.stringContaining('machine "probe" is paused'),
    });
    expect((await engine.list({ machine: 'probe' })).items[0]?.lag).toContain('is paused');
    await engine.resume({ machine: 'probe' });
    await expect.poll(() => applied('a'), soon).toEqual(['/start', 'one']);
    expect(await engine.read('a')).not.toHaveProperty('lag');
  });
});

describe('stop', () => {
  it('ends a paused instance at once; what waits behind is ignored', async () => {
    await open();
    await engine.create('probe', { id: 'a', wait });
    await engine.pause({ instance: 'a' });
    await engine.send('a', { type: 'x', id: 'one' });
    await engine.stop('a');
    await expect.poll(() => outcomes('a'), soon).toEqual(['start applied', 'stop applied', 'signal ignored']);
    expect(await statusOf('a')).toBe('stopped');
  });

  it('ends a parked instance without stepping what it was parked for', async () => {
    await open();
    await poison('a');
    await engine.stop('a', { error: 'Sick' });
    await expect.poll(() => outcomes('a'), soon).toEqual(['start applied', 'stop applied', 'signal ignored']);
    expect(await engine.read('a')).toMatchObject({ status: 'stopped' });
    expect(await engine.read('a')).not.toHaveProperty('parked');
  });

  it('ends an instance whose very start is what it was parked for', async () => {
    await open();
    await poison('a', [{ throw: 'poison' }]);
    await engine.stop('a', { cause: 'it never started' });
    await expect.poll(() => outcomes('a'), soon).toEqual(['stop applied', 'start ignored']);
    expect(await engine.read('a')).toMatchObject({ status: 'stopped', value: null });
    const { items } = await engine.history('a');
    expect(items.map(({ type, data }) => [type, data])).toEqual([
      ['InstanceStopped', { cause: 'it never started' }],
    ]);
  });

  it('comes after what was sent before it where nothing is in its way', async () => {
    await open();
    await engine.create('probe', { id: 'a', wait });
    await engine.pause({ machine: 'probe' });
    await engine.send('a', { type: 'x', id: 'one' });
    await engine.stop('a');
    await engine.resume({ machine: 'probe' });
    await expect.poll(() => outcomes('a'), soon).toEqual(['start applied', 'signal applied', 'stop applied']);
  });
});
