import { afterEach, describe, expect, it } from 'vitest';
import { ignored } from '../../src/core/fold.js';
import { APPLIED } from '../../src/core/journal.js';
import type { Language, Program, Step } from '../../src/core/language.js';
import { OUT_OF_ROW_LENGTH } from '../../src/core/limits.js';
import { Refused } from '../../src/core/problem.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine, type DurableEngineOptions } from '../../src/runtime/engine.js';
import type { Handlers } from '../../src/runtime/handler.js';
import { MAX_REMEMBERED } from '../../src/runtime/handover.js';
import { Registry } from '../../src/runtime/registry.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';

const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

interface ChainState {
  readonly left: number;
  readonly events: readonly string[];
}

/** Asks for as many tasks as its input says, one after the other; a signal is remembered. */
const chain: Language = {
  name: 'chain',
  check: () => [],
  compile: (): Program => ({ language: 'chain', tasks: [] }),
  step: (_program, state, event): Step => {
    const { left, events } = (state ?? { left: 0, events: [] }) as unknown as ChainState;
    const all = [...events, event.type];
    const step = (now: number, status: Step['status'] = 'running'): Step => ({
      status,
      state: { left: now, events: all },
      outcome: APPLIED,
      history: [],
      effects: now < 1 ? [] : [task(`${event.revision}.0`)],
    });
    if (event.type === 'start') return step(event.input as number);
    if (event.type === 'signal') return { ...step(left), effects: [] };
    if (event.type !== 'task.succeeded')
      return ignored({ status: 'running', state: state ?? null }, event.type);
    if (event.output === 'poison') throw new Error('no taste');
    return step(left - 1, left === 1 ? 'succeeded' : 'running');
  },
  fail: (_program, state) => ({ status: 'failed', state, outcome: APPLIED, history: [], effects: [] }),
  view: (state) => ({ value: 'chain', context: state, output: null }),
  active: () => [],
  accepts: () => [],
  graph: () => ({ nodes: [], edges: [] }),
};

function task(id: string) {
  return { type: 'task', id, name: 'work', input: null, ask: true } as const;
}

/** A store, and how often each of its methods was called since it was `forgotten`. */
function counted(store: Store, over: Partial<Store> = {}) {
  const calls = new Map<string, number>();
  const proxy = new Proxy(store, {
    get: (target, property: string & keyof Store) => {
      const member = over[property] ?? target[property];
      if (typeof member !== 'function') return member;
      return (...args: never[]) => {
        calls.set(property, (calls.get(property) ?? 0) + 1);
        return (member as (...args: never[]) => unknown).apply(target, args);
      };
    },
  });
  return { store: proxy, calls, of: (method: keyof Store) => calls.get(method) ?? 0 };
}

async function open(store: Store, handlers: Handlers, over: Partial<DurableEngineOptions> = {}) {
  const registry = new Registry({ languages: [chain], handlers });
  const engine = new DurableEngine({
    ...{ store, registry, clock: systemClock, identity: 'e', works: true },
    ...over,
  });
  closes.push(() => engine.close());
  await engine.publish({ machine: 'chain', language: 'chain', source: {} });
  return engine;
}

async function eventsOf(store: Store, instance: string): Promise<string[]> {
  return (await store.journal(instance, {})).items.map(({ event }) => JSON.parse(event).type);
}

describe('a workflow whose tasks are carried out by the process that steps it', () => {
  it('takes one call for each task but the first', async () => {
    const base = openMemoryStore();
    const claimed: string[] = [];
    const { store, of, calls } = counted(base, {
      claim: async (query) => {
        const claims = await base.claim(query);
        claimed.push(...claims.map(({ instance }) => instance));
        return claims;
      },
    });
    const begun: number[] = [];
    let seen = 0;
    const engine = await open(store, {
      work: async () => {
        begun.push(of('commit'));
        // From the first on nothing else is asked for but what is asked now and then.
        if (seen++ === 0) for (const method of ['endJobs', 'send']) calls.delete(method);
        return null;
      },
    });
    await engine.create('chain', { input: 5, id: 'a' });
    await ended(engine, 'a');
    expect(await eventsOf(base, 'a')).toEqual(['start', ...Array(5).fill('task.succeeded')]);
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect([of('endJobs'), claimed]).toEqual([0, ['a']]);
    const { items } = await base.jobs({ instance: 'a' });
    expect(items.map(({ status, attempts }) => [status, attempts])).toEqual(Array(5).fill(['completed', 1]));
  });

  it('folds what came before the answer first, through the mailbox', async () => {
    const base = openMemoryStore();
    const { store, of } = counted(base);
    const engine = await open(store, {
      work: async () => {
        // Sent by a process that does not step: it is due before the task is answered.
        await base.send([{ id: 's', to: 'a', event: '{"type":"signal","name":"hi"}', hash: 'h' }]);
        return null;
      },
    });
    await engine.create('chain', { input: 1, id: 'a' });
    await ended(engine, 'a');
    expect((await eventsOf(base, 'a')).toSorted()).toEqual(['signal', 'start', 'task.succeeded']);
    expect(of('endJobs') + of('commit')).toBeGreaterThan(1);
  });

  it('gives an answer that its step cannot take to a turn, which parks the instance with what is wrong', async () => {
    const base = openMemoryStore();
    const engine = await open(base, { work: async () => 'poison' });
    await engine.create('chain', { input: 1, id: 'a' });
    await until(async () => (await base.read('a'))?.parked !== undefined);
    expect((await base.read('a'))?.parked).toMatchObject({ code: 'step-failed' });
    expect((await base.jobs({ instance: 'a' })).items).toMatchObject([{ status: 'completed', attempts: 1 }]);
  });

  it('sends an answer through the mailbox that is too long to be kept in its row', async () => {
    const base = openMemoryStore();
    const { store, of } = counted(base);
    const engine = await open(store, { work: async () => 'x'.repeat(OUT_OF_ROW_LENGTH) });
    await engine.create('chain', { input: 2, id: 'a' });
    await ended(engine, 'a');
    expect(of('endJobs')).toBe(2);
  });

  it('sends the answer of a job through the mailbox that another worker had before', async () => {
    const base = openMemoryStore();
    const { store, of } = counted(base, {
      claimJobs: async (query) =>
        (await base.claimJobs(query)).map((job) => ({ ...job, attempts: job.attempts + 1 })),
      // Nothing is handed over, so that each is claimed.
      commit: (commits) => base.commit(commits),
    });
    const engine = await open(store, { work: async () => null });
    await engine.create('chain', { input: 2, id: 'a' });
    await ended(engine, 'a');
    expect(of('endJobs')).toBe(2);
  });

  it('ends each job once where nobody knows whether the commit that ended it was done', async () => {
    const base = openMemoryStore();
    let lost = 0;
    const { store } = counted(base, {
      commit: async (commits, take) => {
        const committed = await base.commit(commits, take);
        if (commits.every(({ answers }) => answers.length === 0) || lost++ % 2 === 1) return committed;
        throw new Refused({ code: 'store-broken', message: 'the connection was cut', path: '' });
      },
    });
    const engine = await open(store, { work: async () => null });
    await engine.create('chain', { input: 4, id: 'a' });
    await ended(engine, 'a');
    expect(lost).toBeGreaterThan(1);
    expect(await eventsOf(base, 'a')).toEqual(['start', ...Array(4).fill('task.succeeded')]);
  }, 30_000);

  it('goes on through the mailbox where one answer of many cannot be stored', async () => {
    const base = openMemoryStore();
    const { store } = counted(base, {
      commit: (commits, take) =>
        commits.some(({ answers, lease }) => answers.length > 0 && lease.instance === 'sick')
          ? Promise.reject(new Error('there is no room for it'))
          : base.commit(commits, take),
    });
    const engine = await open(store, { work: async () => null });
    await Promise.all(['sick', 'well', 'fine'].map((id) => engine.create('chain', { input: 3, id })));
    for (const id of ['sick', 'well', 'fine']) expect((await ended(engine, id))?.status).toBe('succeeded');
  });

  it('begins no more at once than there are places', async () => {
    const base = openMemoryStore();
    let [running, most] = [0, 0];
    const engine = await open(
      base,
      {
        work: async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 1));
          running -= 1;
          return null;
        },
      },
      { concurrency: 2 },
    );
    const ids = Array.from({ length: 8 }, (_, n) => `i${n}`);
    await Promise.all(ids.map((id) => engine.create('chain', { input: 3, id })));
    for (const id of ids) expect((await ended(engine, id))?.status).toBe('succeeded');
    expect(most).toBe(2);
  });

  it('lets no workflow overtake the jobs that wait: each gets its turn', async () => {
    const base = openMemoryStore();
    const order: string[] = [];
    const engine = await open(
      base,
      {
        work: async (_input, { instance = '' }) => {
          order.push(instance);
          return null;
        },
      },
      { concurrency: 1 },
    );
    await Promise.all(['a', 'b', 'c'].map((id) => engine.create('chain', { input: 2, id })));
    for (const id of ['a', 'b', 'c']) await ended(engine, id);
    expect(new Set(order.slice(0, 3)).size).toBe(3);
  });

  it('remembers so many instances at most, and finishes them all', async () => {
    const base = openMemoryStore();
    const engine = await open(base, { work: async () => null }, { concurrency: 2 * MAX_REMEMBERED });
    const ids = Array.from({ length: MAX_REMEMBERED + 50 }, (_, n) => `i${n}`);
    await Promise.all(ids.map((id) => engine.create('chain', { input: 2, id })));
    await until(async () => (await base.count({ status: 'succeeded' })) === ids.length);
  }, 30_000);
});

/** The instance once it has ended. */
async function ended(engine: DurableEngine, id: string) {
  await until(async () => (await engine.read(id))?.status !== 'running');
  return engine.read(id);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 2_000; n++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not happen');
}
