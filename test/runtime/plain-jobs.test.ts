import { afterEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../src/core/definition.js';
import type { NewPlainJob } from '../../src/core/job.js';
import type { Json } from '../../src/core/json.js';
import type { Language } from '../../src/core/language.js';
import { systemClock } from '../../src/runtime/clock.js';
import type { HandlerJob, Handlers } from '../../src/runtime/handler.js';
import { JobRunner, type JobRunnerOptions } from '../../src/runtime/job-runner.js';
import { Registry } from '../../src/runtime/registry.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { EndJob, Store } from '../../src/store/store.js';
import { probe } from '../../src/testing/probe-language.js';
import { newPlainJob } from '../../src/testing/store-suite/fixture.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A store whose clock only the test moves, with a runner that has not begun. */
function setUp(handlers: Handlers, options: Partial<JobRunnerOptions> = {}) {
  const time = { now: 1_000 };
  const store = openMemoryStore({ clock: () => time.now });
  const registry = new Registry({ languages: [], handlers });
  const runner = new JobRunner({ store, registry, clock: systemClock, identity: 'r', ...options });
  stops.push(() => runner.stop(0));
  return { store, runner, time };
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it never came to that');
}

async function isCompleted(store: Store, ...ids: readonly string[]): Promise<boolean> {
  const jobs = await Promise.all(ids.map((id) => store.job(id)));
  return jobs.every((job) => job?.status === 'completed');
}

function many(count: number, over: Partial<NewPlainJob> = {}): NewPlainJob[] {
  return Array.from({ length: count }, (_, n) => newPlainJob(`job${n}`, over));
}

const HANG = () => new Promise<Json>(() => {});

describe('a job runner with plain jobs', () => {
  it('tells a handler where its job stands, and keeps what it returns', async () => {
    const seen: Partial<HandlerJob>[] = [];
    const lamp = (_: Json, { signal: _s, heartbeat: _h, ...job }: HandlerJob) => {
      seen.push(job);
      return { lit: true };
    };
    const { store, runner } = setUp({ lamp });
    await store.enqueue([newPlainJob('one', { queue: 'slow' })]);
    runner.start();
    await until(() => isCompleted(store, 'one'));
    expect(seen).toEqual([{ jobId: 'one', resource: 'lamp', queue: 'slow', attempt: 1, attempts: 3 }]);
    expect((await store.job('one'))?.output).toBe('{"lit":true}');
  });

  it('tries again what failed, after its pause, and not what failed for good', async () => {
    let calls = 0;
    const lamp = () => {
      calls += 1;
      if (calls === 1) throw new Error('dark');
      return 'lit';
    };
    const card = () => {
      throw Object.assign(new RangeError('there is no such card'), { final: true });
    };
    const { store, runner, time } = setUp({ lamp, card });
    await store.enqueue([newPlainJob('one'), newPlainJob('two', { name: 'card' })]);
    runner.start();
    await until(async () => (await store.job('one'))?.error === 'Error');
    expect(await store.job('two')).toMatchObject({ status: 'failed', attempts: 1, error: 'RangeError' });
    expect(await store.job('one')).toMatchObject({ status: 'pending', dueAt: time.now + 100 });
    time.now += 100;
    await until(() => isCompleted(store, 'one'));
    expect(calls).toBe(2);
  });

  it.each([
    ['a getter that throws', Object.defineProperty({}, 'final', { get: () => fail() })],
    ['what is inherited', Object.create({ final: true })],
    ['what is not true', { final: 'yes' }],
    ['nothing', undefined],
  ])('takes no failure for final from %s', async (_, thrown) => {
    const { store, runner } = setUp({
      lamp: () => {
        throw thrown;
      },
    });
    await store.enqueue([newPlainJob('one')]);
    runner.start();
    await until(async () => (await store.job('one'))?.error !== undefined);
    expect((await store.job('one'))?.status).toBe('pending');
  });

  it('takes jobs of its queues alone', async () => {
    const { store, runner } = setUp({ lamp: () => 1 }, { queues: ['slow', 'odd'] });
    await store.enqueue([newPlainJob('one'), newPlainJob('two', { queue: 'slow' })]);
    runner.start();
    await until(() => isCompleted(store, 'two'));
    expect((await store.job('one'))?.status).toBe('pending');
  });

  it('writes in one call how all jobs ended that end at the same time', async () => {
    const { store, runner } = setUp({ lamp: (input) => input });
    const calls: number[] = [];
    const endJobs = store.endJobs.bind(store);
    store.endJobs = (ends) => {
      calls.push(ends.length);
      return endJobs(ends);
    };
    await store.enqueue(many(60));
    runner.start();
    await until(() => isCompleted(store, 'job0', 'job59'));
    expect(calls).toEqual([60]);
  });

  it('fills many places with one claim, and waits for no more of them than it takes', async () => {
    const claims: number[] = [];
    const finish: (() => void)[] = [];
    const lamp = () => new Promise<Json>((resolve) => finish.push(() => resolve(1)));
    const { store, runner } = setUp({ lamp }, { concurrency: 20 });
    const claimJobs = store.claimJobs.bind(store);
    store.claimJobs = async (query) => {
      const jobs = await claimJobs(query);
      if (jobs.length > 0) claims.push(jobs.length);
      return jobs;
    };
    await store.enqueue(many(40));
    runner.start();
    await until(() => finish.length === 20);
    for (const one of finish.splice(0, 10)) {
      one();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => finish.length === 20);
    expect(claims.length).toBeLessThan(8);
    // A single place that stays free is filled as well.
    finish.shift()?.();
    await until(() => finish.length === 20);
  });

  it('begins nothing more where the store falls behind with the ends', async () => {
    let begun = 0;
    const { store, runner } = setUp({ lamp: () => ++begun }, { concurrency: 5 });
    store.endJobs = () => new Promise(() => {});
    await store.enqueue(many(40));
    runner.start();
    await until(() => begun === 10);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(begun).toBe(10);
  });

  it('lets the others of a batch end where one holds what cannot be written', async () => {
    const errors: unknown[] = [];
    const { store, runner } = setUp({ lamp: () => 1 }, { onError: (error) => errors.push(error) });
    const endJobs = store.endJobs.bind(store);
    store.endJobs = async (ends: readonly EndJob[]) => {
      if (ends.some(({ id }) => id === 'job1')) throw new Error('not that one');
      return endJobs(ends);
    };
    await store.enqueue(many(3));
    runner.start();
    await until(() => isCompleted(store, 'job0', 'job2'));
    expect(errors).toEqual([new Error('not that one')]);
    expect((await store.job('job1'))?.status).toBe('processing');
  });

  it('begins the next attempt beside a handler that hangs beyond its time', async () => {
    const attempts: HandlerJob[] = [];
    const lamp = (_: Json, job: HandlerJob) => {
      attempts.push(job);
      return job.attempt === 1 ? HANG() : 'lit';
    };
    const { store, runner, time } = setUp({ lamp });
    const retry = { attempts: 2, delayMs: 0, rate: 1, maxDelayMs: 0 };
    await store.enqueue([newPlainJob('one', { timeoutMs: 10, retry })]);
    runner.start();
    await until(() => attempts.length === 1);
    time.now += 10;
    await store.expire(1);
    await until(() => isCompleted(store, 'one'));
    expect(attempts.map(({ attempt, signal }) => [attempt, signal.aborted])).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it('begins an attempt that is handed to it before it heard that the last one failed', async () => {
    let begun = 0;
    const lamp = () => {
      begun += 1;
      if (begun === 1) throw new Error('dark');
      return 'lit';
    };
    const { store, runner } = setUp({ lamp });
    const endJobs = store.endJobs.bind(store);
    store.endJobs = async (ends) => {
      const results = await endJobs(ends);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return results;
    };
    const retry = { attempts: 2, delayMs: 0, rate: 1, maxDelayMs: 0 };
    await store.enqueue([newPlainJob('one', { retry })]);
    runner.start();
    await until(() => isCompleted(store, 'one'));
    expect(begun).toBe(2);
  });

  it('lets what runs finish when it is stopped, and gives back what does not', async () => {
    let finish = () => {};
    const quick = () =>
      new Promise<Json>((resolve) => {
        finish = () => resolve('lit');
      });
    const { store, runner } = setUp({ quick, hang: HANG });
    await store.enqueue([newPlainJob('quick', { name: 'quick' }), newPlainJob('hang', { name: 'hang' })]);
    runner.start();
    await until(async () => (await store.jobs({ status: 'processing' })).items.length === 2);
    setTimeout(() => finish(), 20);
    await runner.stop(0, 100);
    expect((await store.job('quick'))?.output).toBe('"lit"');
    expect(await store.job('hang')).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('fails at once, and for good, what a machine here asks for and nobody here can do', async () => {
    const { store, runner } = setUp({}, { failMissing: true, registry: asking(['lamp']) });
    await store.enqueue([newPlainJob('one')]);
    runner.start();
    await until(async () => (await store.job('one'))?.status === 'failed');
    expect(await store.job('one')).toMatchObject({ attempts: 1, error: 'HandlerMissing' });
  });

  it('leaves what no machine here asks for, even then, until one does', async () => {
    const registry = asking([]);
    const { store, runner } = setUp({}, { failMissing: true, registry });
    await store.enqueue([newPlainJob('one'), newPlainJob('two', { name: 'sun' })]);
    runner.start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await store.job('one')).toMatchObject({ status: 'pending', attempts: 0 });
    registry.add({ ...MACHINE, source: { tasks: ['lamp'] }, hash: 'later' });
    await until(async () => (await store.job('one'))?.status === 'failed');
    expect(await store.job('two')).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('leaves to workers elsewhere what it is told to, whether it has a handler or not', async () => {
    const handlers = { sun: () => 'bright', star: () => 'tiny' };
    const registry = asking(['lamp', 'sun', 'moon'], handlers);
    const { store, runner } = setUp({}, { failMissing: true, remote: ['lamp', 'sun'], registry });
    await store.enqueue(['lamp', 'sun', 'moon', 'star'].map((name) => newPlainJob(name, { name })));
    runner.start();
    await until(async () => (await store.job('star'))?.status === 'completed');
    await until(async () => (await store.job('moon'))?.status === 'failed');
    expect(await store.job('lamp')).toMatchObject({ status: 'pending', attempts: 0 });
    expect(await store.job('sun')).toMatchObject({ status: 'pending', attempts: 0 });
  });
});

/** A language whose definitions name tasks. */
const NAMING: Language = {
  ...probe,
  compile: (source) => ({ language: 'probe', tasks: (source as { tasks: string[] }).tasks }),
};

const MACHINE: Definition = { machine: 'm', version: 1, language: 'probe', source: {}, hash: 'h' };

/** Knows a machine that asks for these tasks. */
function asking(tasks: readonly string[], handlers: Handlers = {}): Registry {
  const registry = new Registry({ languages: [NAMING], handlers });
  registry.add({ ...MACHINE, source: { tasks } });
  return registry;
}

function fail(): never {
  throw new Error('no');
}
