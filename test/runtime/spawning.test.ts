import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { type ProbeState, probe } from '../../src/testing/probe-language.js';

let engine: Engine;

async function open(): Promise<void> {
  const registry = new Registry({ languages: [probe] });
  const store = openMemoryStore();
  engine = new DurableEngine({ store, registry, clock: systemClock, identity: 'test:1:0:1', works: true });
  await engine.publish({ machine: 'probe', language: 'probe', source: {} });
}

const stateOf = async (id: string) => (await engine.read(id))?.context as unknown as ProbeState;

afterEach(() => engine.close());

describe('a child', () => {
  it('runs as an instance of its own, and its end answers the effect that made it', async () => {
    await open();
    const spawn = { spawn: 'probe', input: [{ end: 'succeeded' }] };
    await engine.create('probe', { id: 'p', input: [spawn] });
    await expect.poll(() => stateOf('p')).toMatchObject({ pending: [], answers: { '1.0': 'child.ended' } });
    expect(await engine.read('p/1.0/0')).toMatchObject({ parent: 'p', status: 'succeeded', revision: 1 });
  });

  it('is asked to stop where its parent cancels it', async () => {
    await open();
    await engine.create('probe', { id: 'p', input: [{ spawn: 'probe' }], wait: '5s' });
    await engine.send('p', { type: 'x', data: [{ cancel: 'child' }] });
    await expect.poll(async () => (await engine.read('p/1.0/0'))?.status).toBe('stopped');
  });

  it('of a machine that there is none of has failed, as its parent is told', async () => {
    await open();
    await engine.create('probe', { id: 'p', input: [{ spawn: 'prob' }] });
    await expect.poll(() => stateOf('p')).toMatchObject({ answers: { '1.0': 'child.ended' } });
    expect(await engine.read('p/1.0/0')).toBeUndefined();
  });
});
