import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { DEFAULT_PRIORITY, DEFAULT_QUEUE, MAX_ID_LENGTH } from '../../src/core/limits.js';
import { systemClock } from '../../src/runtime/clock.js';
import type { Handlers } from '../../src/runtime/handler.js';
import { JobRunner, type JobRunnerOptions } from '../../src/runtime/job-runner.js';
import { Registry } from '../../src/runtime/registry.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { probe } from '../../src/testing/probe-language.js';
import { NOTHING } from '../../src/testing/store-suite/fixture.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Setting extends Partial<JobRunnerOptions> {
  readonly clockOf?: () => number;
  readonly heartbeatMs?: number;
  readonly firstDeadlineMs?: number;
}

/** An instance that has asked for jobs, named in this order, and a runner for them. */
async function run(names: readonly string[], handlers: Handlers, setting: Setting = {}) {
  const { clockOf = Date.now, heartbeatMs, firstDeadlineMs = 60_000 } = setting;
  const store = openMemoryStore({ clock: clockOf });
  await store.publish({ machine: 'm', language: 'probe', source: {}, hash: 'h' });
  const start = { id: '/start', to: 'i', event: '{}' };
  await store.create([{ id: 'i', machine: 'm', definition: 'h', inputHash: '', start }]);
  const query = { worker: 'w', limit: 1, leaseMs: 60_000, definitions: ['h'], messages: 1 };
  const [lease] = await store.claim(query);
  if (lease === undefined) throw new Error('nothing to claim');
  const jobs = names.map((name, n) => ({
    ...{ id: `i/1/${n}`, instance: 'i', effect: `1.${n}`, name, input: String(n), ask: true },
    ...{ queue: DEFAULT_QUEUE, priority: DEFAULT_PRIORITY },
    ...{
      deadlineAt: clockOf() + (n === 0 ? firstDeadlineMs : 60_000),
      ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    },
  }));
  const step = { baseRevision: 0, revision: 0, status: 'running' as const, state: 'null', updatedAt: 0 };
  await store.commit([{ lease, ...step, ...NOTHING, jobs }]);
  const registry = new Registry({ languages: [probe], handlers });
  const runner = new JobRunner({ store, registry, clock: systemClock, identity: 'r', ...setting });
  stops.push(() => runner.stop(0));
  return { store, runner };
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it never came to that');
}

const jobOf = async (store: Store, n: number) =>
  (await store.jobs({ instance: 'i' })).items.find(({ id }) => id === `i/1/${n}`);

const hang = () => new Promise<Json>(() => {});

describe('a job runner', () => {
  it('has the place of a handler free again that hangs beyond its deadline', async () => {
    const handlers = { hang, echo: (input: Json) => input };
    const { store, runner } = await run(['hang', 'echo'], handlers, { concurrency: 1, firstDeadlineMs: 300 });
    runner.start();
    await until(async () => (await jobOf(store, 0))?.error === 'Timeout');
    await until(async () => (await jobOf(store, 1))?.status === 'completed');
  });

  it('does not begin again what runs here already, when its own lease ran out', async () => {
    let now = 1_000;
    let begun = 0;
    let finish = (_: Json) => {};
    const slow = () => {
      begun += 1;
      return new Promise<Json>((resolve) => {
        finish = resolve;
      });
    };
    const { store, runner } = await run(['slow'], { slow }, { clockOf: () => now });
    runner.start();
    await until(() => begun === 1);
    // As if the process had stood still: its lease is over before it can renew it.
    now += 3_000;
    await store.release([]);
    await until(async () => (await jobOf(store, 0))?.attempts === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    finish('done');
    await until(async () => (await jobOf(store, 0))?.status === 'completed');
    expect(begun).toBe(1);
  });

  it('gives back what it was claiming when it was told to stop, and begins none of it', async () => {
    let begun = 0;
    const { store, runner } = await run(['work'], { work: () => ++begun });
    const claimJobs = store.claimJobs.bind(store);
    let stopped: Promise<void> | undefined;
    store.claimJobs = async (query) => {
      const jobs = await claimJobs(query);
      stopped ??= runner.stop(0);
      return jobs;
    };
    runner.start();
    await until(() => stopped !== undefined);
    await stopped;
    expect(begun).toBe(0);
    expect(await jobOf(store, 0)).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('leaves no timer behind when it stops', async () => {
    const waiting = new Set<object>();
    const clock = {
      ...systemClock,
      after: (ms: number, action: () => void) => {
        const timer = {};
        waiting.add(timer);
        const cancel = systemClock.after(ms, () => {
          waiting.delete(timer);
          action();
        });
        return () => {
          waiting.delete(timer);
          cancel();
        };
      },
    };
    const { store, runner } = await run(['work'], { work: () => 1 }, { clock });
    runner.start();
    await until(async () => (await jobOf(store, 0))?.status === 'completed');
    await runner.stop(60_000);
    expect(waiting.size).toBe(0);
  });

  it('tells a beat again whose telling failed', async () => {
    let beat = () => {};
    const beating = (_: Json, job: { heartbeat: () => void }) => {
      beat = job.heartbeat;
      return hang();
    };
    const { store, runner } = await run(['beating'], { beating }, { heartbeatMs: 60_000 });
    const extendJobs = store.extendJobs.bind(store);
    const told: (boolean | undefined)[] = [];
    store.extendJobs = async (leases, leaseMs) => {
      told.push(leases[0]?.beat);
      if (told.filter(Boolean).length === 1) throw new Error('not now');
      return extendJobs(leases, leaseMs);
    };
    runner.start();
    await until(async () => (await jobOf(store, 0))?.status === 'processing');
    beat();
    await until(() => told.filter(Boolean).length === 2);
  });

  it('keeps no more of the name of an error than of any other name', async () => {
    const loud = () => {
      throw Object.assign(new Error('x'), { name: 'E'.repeat(MAX_ID_LENGTH + 1) });
    };
    const { store, runner } = await run(['loud'], { loud });
    runner.start();
    await until(async () => (await jobOf(store, 0))?.status === 'failed');
    expect((await jobOf(store, 0))?.error).toBe('E'.repeat(MAX_ID_LENGTH));
  });
});
