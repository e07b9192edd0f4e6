import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import type { Language } from '../../src/core/language.js';
import { Refused } from '../../src/core/problem.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { takeTurn } from '../../src/runtime/turn.js';
import { FRESH_MS, Worker } from '../../src/runtime/worker.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { probe } from '../../src/testing/probe-language.js';

const DEFINITION = { machine: 'probe', language: 'probe', source: {}, hash: 'probe' };

const QUERY = { worker: 'x', limit: 9, leaseMs: 9_999, definitions: ['probe'], messages: 9 };

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
});

/** A store with some methods replaced. */
function altered(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, property: string & keyof Store) => {
      const member = methods[property] ?? target[property];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

async function openStore(...instances: string[]): Promise<Store> {
  const store = openMemoryStore();
  await store.publish(DEFINITION);
  for (const id of instances) await store.create([born(id)]);
  return store;
}

const born = (id: string) => ({
  id,
  machine: 'probe',
  definition: 'probe',
  inputHash: '',
  start: { id: '/start', to: id, event: '{"type":"start","machine":"probe","input":null}' },
});

const signal = (to: string, id: string, ...data: Json[]) => ({
  id,
  to,
  event: JSON.stringify({ type: 'signal', name: 'go', data }),
});

function registryWith(language: Language = probe): Registry {
  const registry = new Registry({ languages: [language] });
  registry.add({ ...DEFINITION, version: 1 });
  return registry;
}

function work(store: Store, onError: (error: unknown) => void = () => {}): Worker {
  const worker = new Worker({ store, registry: registryWith(), clock: systemClock, identity: 'w', onError });
  workers.push(worker);
  worker.start();
  return worker;
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it never came to that');
}

const revisionOf = async (store: Store, id: string) => (await store.read(id))?.instance.revision;

describe('a worker that stops', () => {
  it('gives back what it was claiming at that moment, the attempt with it', async () => {
    const store = await openStore('a');
    let worker: Worker | undefined;
    let stopped: Promise<void> | undefined;
    const late = altered(store, {
      claim: async (query) => {
        const claims = await store.claim(query);
        stopped ??= worker?.stop();
        return claims;
      },
    });
    worker = work(late);
    await until(() => stopped !== undefined);
    await stopped;
    expect(await store.read('a')).toMatchObject({ attempts: 0, instance: { revision: 0 } });
    expect(await store.claim(QUERY)).toHaveLength(1);
  });
});

describe('a worker that begins', () => {
  it('leaves what took several others down alone for a while', async () => {
    const store = await openStore('a');
    const asked: (boolean | undefined)[] = [];
    const watched = altered(store, {
      claim: (query) => {
        asked.push(query.fresh);
        return store.claim(query);
      },
    });
    let now = 0;
    const clock = { ...systemClock, now: () => now };
    const worker = new Worker({ store: watched, registry: registryWith(), clock, identity: 'w' });
    workers.push(worker);
    worker.start();
    await until(() => asked.length > 0);
    now = FRESH_MS - 1;
    await store.send([signal('a', 'one', {})]);
    await until(async () => (await revisionOf(store, 'a')) === 2);
    expect(new Set(asked)).toEqual(new Set([true]));
    now = FRESH_MS;
    await store.send([signal('a', 'two', {})]);
    await until(async () => (await revisionOf(store, 'a')) === 3);
    expect(asked.at(-1)).toBe(false);
  });
});

describe('a commit that the store cannot take', () => {
  it('is parked in the end with what is wrong, and holds up none that were to be stored with it', async () => {
    const store = await openStore('sick', 'well');
    const picky = altered(store, {
      commit: (commits, take) => {
        const sick = commits.some(({ lease, revision }) => lease.instance === 'sick' && revision > 1);
        return sick ? Promise.reject(new Error('there is no room for it')) : store.commit(commits, take);
      },
    });
    await store.send([signal('sick', 'e1'), signal('well', 'e2')]);
    const errors: unknown[] = [];
    work(picky, (error) => errors.push(error));
    await until(async () => (await store.read('sick'))?.parked !== undefined);
    expect((await store.read('sick'))?.parked).toMatchObject({
      code: 'commit-failed',
      message: expect.stringContaining('there is no room for it'),
    });
    expect(await revisionOf(store, 'well')).toBe(2);
    expect(String(errors[0])).toContain('sick: what its step made cannot be stored');
  });

  it('costs no attempt where it is the store that is broken, and the store is left in peace for a while', async () => {
    const store = await openStore('a');
    let tries = 0;
    const broken = altered(store, {
      commit: (commits, take) => {
        tries += 1;
        if (tries > 7) return store.commit(commits, take);
        return Promise.reject(new Refused({ code: 'store-full', message: 'the disk is full', path: '' }));
      },
    });
    const began = performance.now();
    work(broken);
    await until(async () => (await revisionOf(store, 'a')) === 1);
    expect(await store.read('a')).not.toHaveProperty('parked');
    expect(performance.now() - began).toBeGreaterThan(1_000);
  });
});

describe('a turn', () => {
  it('leaves to the next what it has no time for, unharmed', async () => {
    const store = await openStore('a', 'b');
    await store.send([signal('a', 'e1'), signal('a', 'e2'), signal('b', 'e3')]);
    let now = 0;
    const clock = { ...systemClock, now: () => now };
    const slow: Language = {
      ...probe,
      step: (program, state, event) => {
        now += 200;
        return probe.step(program, state, event);
      },
    };
    const claims = await store.claim(QUERY);
    const { commits, releases } = await takeTurn(store, registryWith(slow), claims, clock, () => {});
    expect(commits.map(({ lease, revision }) => [lease.instance, revision])).toEqual([['a', 2]]);
    expect(releases).toMatchObject([{ instance: 'b', giveBack: true }]);
  });

  it('blames no step for a note that cannot be written', async () => {
    const store = await openStore('a');
    const claims = await store.claim(QUERY);
    const note = () => {
      throw new Error('the disk is full');
    };
    await expect(takeTurn(store, registryWith(), claims, systemClock, note)).rejects.toThrow('disk');
  });

  it('stores what came before a step that throws', async () => {
    const store = await openStore('a');
    await store.send([signal('a', 'e1'), signal('a', 'e2', { throw: 'poison' }), signal('a', 'e3')]);
    const claims = await store.claim(QUERY);
    const first = await takeTurn(store, registryWith(), claims, systemClock, () => {});
    expect(first.commits).toMatchObject([{ revision: 2 }]);
    await store.commit(first.commits);
    const again = await store.claim(QUERY);
    const second = await takeTurn(store, registryWith(), again, systemClock, () => {});
    expect(second.releases).toMatchObject([{ giveBack: false, problem: { code: 'step-failed' } }]);
  });
});

describe('an event that its sender did not name', () => {
  it('has an id that nobody can send again, so that two events never share one', async () => {
    const store = openMemoryStore();
    const registry = registryWith();
    const engine = new DurableEngine({ store, registry, clock: systemClock, identity: 'e', works: true });
    await engine.publish({ machine: 'probe', language: 'probe', source: {} });
    await engine.create('probe', { id: 'a' });
    const sent = await engine.send('a', { type: 'go' }, { wait: '10s' });
    await expect(engine.send('a', { type: 'go', id: sent.id })).rejects.toMatchObject({ code: 'invalid-id' });
    const stopped = await engine.stop('a');
    await expect(engine.send('a', { type: 'go', id: stopped.id })).rejects.toMatchObject({
      code: 'invalid-id',
    });
    await engine.close();
  });
});
