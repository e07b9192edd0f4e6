import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { MAX_DELIVERIES, SUSPECT_PATIENCE_MS } from '../../src/core/limits.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { isDeadHere, workerIdentity } from '../../src/store/sqlite/worker-identity.js';
import type { Store } from '../../src/store/store.js';
import {
  born,
  commitAll,
  commitOf,
  DEFINITION,
  dueAt,
  newInstance,
  newJob,
  newPlainJob,
} from '../../src/testing/store-suite/fixture.js';
import { freshPath } from './sqlite-folder.js';
import { testClock } from './store-suite.js';

/** The identity of a worker of this host that lived in another process. */
function identityOf(pid: number, start?: string): string {
  const [host, , ownStart, random] = workerIdentity().split(':');
  return [host, pid, start ?? ownStart, random].join(':');
}

describe('the identity of a worker', () => {
  it('is another one each time, and alive', () => {
    const [one, other] = [workerIdentity(), workerIdentity()];
    expect(one).not.toBe(other);
    expect([one, other].map(isDeadHere)).toEqual([false, false]);
  });

  it('is dead once its process has ended', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    expect(isDeadHere(identityOf(pid))).toBe(true);
  });

  it('is dead when its process was killed, though nobody has asked for its end yet', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const worker = identityOf(child.pid ?? 0, '');
    expect(isDeadHere(worker)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isDeadHere(worker)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('is dead if another process has its number now', () => {
    expect(isDeadHere(identityOf(process.pid, '1'))).toBe(true);
  });

  it('cannot be told of other hosts, nor of names that are not of this form', () => {
    const [, ...rest] = identityOf(2 ** 22 + 1).split(':');
    expect(isDeadHere(['elsewhere', ...rest].join(':'))).toBe(false);
    for (const worker of ['worker', '', 'a:b:c:d', workerIdentity().replace(String(process.pid), '')]) {
      expect(isDeadHere(worker)).toBe(false);
    }
  });
});

describe('a SQLite store whose worker died', () => {
  const lease = { limit: 10, leaseMs: 60_000, messages: 10 };
  const open = (path: string, ...dead: string[]) =>
    openSqliteStore({ path, isDead: (worker) => dead.includes(worker) });

  it('hands out at once what it held, its attempts counted, and nothing of those who live', async () => {
    const path = freshPath();
    const store = await open(path);
    await born(store, 'a', { jobs: [0, 1].map((n) => newJob('a', `1.${n}`, Date.now())) });
    await store.create([newInstance('b')]);
    await store.claim({ worker: 'dead', ...lease, definitions: [DEFINITION] });
    await store.create([newInstance('c')]);
    const [held] = await store.claim({ worker: 'alive', ...lease, definitions: [DEFINITION] });
    await store.claimJobs({ worker: 'dead', ...lease, limit: 1 });
    await store.claimJobs({ worker: 'alive', ...lease });
    await store.close();

    const next = await open(path, 'dead');
    const claims = await next.claim({ worker: 'next', ...lease, definitions: [DEFINITION] });
    expect(claims.map(({ instance, attempts }) => [instance, attempts])).toEqual([['b', 2]]);
    const jobs = await next.claimJobs({ worker: 'next', ...lease });
    expect(jobs.map(({ id, attempts }) => [id, attempts])).toEqual([['a/1/0', 2]]);
    expect(held?.instance).toBe('c');
    if (held !== undefined) {
      expect(await commitAll(next, [commitOf(held, held.load)])).toEqual(['committed']);
    }
    await next.close();
  });

  it('waits for its time with a mailbox that two workers died with, and says when that is', async () => {
    const path = freshPath();
    const { now, advance } = testClock();
    const reopen = (...dead: string[]) =>
      openSqliteStore({ path, clock: now, isDead: (worker) => dead.includes(worker) });
    let store = await reopen();
    await store.create([newInstance('a')]);
    for (const worker of ['first', 'second']) {
      const claims = await store.claim({ worker, ...lease, definitions: [DEFINITION] });
      expect(claims).toHaveLength(1);
      await store.close();
      store = await reopen(worker);
    }
    const due = now() + SUSPECT_PATIENCE_MS;
    const query = { worker: 'third', ...lease, definitions: [DEFINITION] };
    expect(await store.claim(query)).toEqual([]);
    expect(await dueAt(store, { definitions: [DEFINITION], names: [] })).toBe(due);
    advance(SUSPECT_PATIENCE_MS - 1);
    expect(await store.claim(query)).toEqual([]);
    advance(1);
    expect((await store.claim(query)).map(({ attempts }) => attempts)).toEqual([3]);
    await store.close();
  });

  it('lets every mailbox wait that several workers died with when one more dies, whoever it held', async () => {
    const path = freshPath();
    const { now, advance } = testClock();
    const reopen = (...dead: string[]) =>
      openSqliteStore({ path, clock: now, isDead: (worker) => dead.includes(worker) });
    const dead: string[] = [];
    const next = async (store: Store) => {
      const worker = `worker-${dead.length}`;
      dead.push(worker);
      const claims = await store.claim({ worker, ...lease, definitions: [DEFINITION] });
      await store.close();
      return claims.map(({ instance }) => instance);
    };
    let store = await reopen();
    await store.create([newInstance('a')]);
    expect(await next(store)).toEqual(['a']);
    expect(await next(await reopen(...dead))).toEqual(['a']);
    store = await reopen(...dead);
    await store.create([newInstance('b')]);
    expect(await next(store)).toEqual(['b']);
    // The other's time comes while this one hangs; whoever follows serves others first all the same.
    advance(SUSPECT_PATIENCE_MS);
    expect(await next(await reopen(...dead))).toEqual(['b']);
    store = await reopen(...dead);
    await store.create([newInstance('c')]);
    advance(SUSPECT_PATIENCE_MS - 1);
    expect(await next(store)).toEqual(['c']);
  });

  it('refuses what a worker writes that was taken for dead', async () => {
    const path = freshPath();
    const first = await open(path);
    await first.create([newInstance('a')]);
    const [lost] = await first.claim({ worker: 'dead', ...lease, definitions: [DEFINITION] });
    if (lost === undefined) throw new Error('nothing was claimed');
    const commit = commitOf(lost, lost.load);
    const second = await open(path, 'dead');
    expect(await commitAll(first, [commit])).toEqual(['conflict']);
    await first.close();
    await second.close();
  });

  it(`fails its job if it was the ${MAX_DELIVERIES}th to die with it`, async () => {
    const path = freshPath();
    let store = await open(path);
    await born(store, 'a', { jobs: [newJob('a', '1.0', Date.now())] });
    for (let delivery = 1; delivery <= MAX_DELIVERIES; delivery++) {
      const [job] = await store.claimJobs({ worker: `w${delivery}`, ...lease });
      expect(job?.attempts).toBe(delivery);
      expect(await store.expire(10)).toBe(0);
      await store.close();
      store = await open(path, `w${delivery}`);
    }
    expect(await store.claimJobs({ worker: 'last', ...lease })).toEqual([]);
    expect(await store.expire(10)).toBe(1);
    expect((await store.jobs({})).items[0]?.error).toBe('WorkerLost');
    await store.close();
  });

  it('fails a plain job if it was the last that may die with it', async () => {
    const path = freshPath();
    let store = await open(path);
    const retry = { attempts: 2, delayMs: 100, rate: 2, maxDelayMs: 1_000 };
    await store.enqueue([newPlainJob('one', { retry })]);
    for (const attempt of [1, 2]) {
      const [job] = await store.claimJobs({ worker: `w${attempt}`, ...lease });
      expect(job?.attempts).toBe(attempt);
      await store.close();
      store = await open(path, `w${attempt}`);
    }
    expect(await store.claimJobs({ worker: 'last', ...lease })).toEqual([]);
    expect(await store.expire(10)).toBe(1);
    expect((await store.job('one'))?.error).toBe('WorkerLost');
    await store.close();
  });
});
