import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import {
  DEFAULT_BACKOFF,
  DEFAULT_JOB_ATTEMPTS,
  DEFAULT_PRIORITY,
  LAST_PRIORITY,
  MAX_BACKOFF_RATE,
  MAX_CLAIM_WAIT_MS,
  MAX_ID_LENGTH,
  MAX_JOB_ATTEMPTS,
  MAX_PAYLOAD_BYTES,
  MAX_QUEUE_CONCURRENCY,
  MAX_REMOTE_CLAIM,
  MAX_REMOTE_LEASE_MS,
  MAX_REMOTE_NAMES,
  MAX_TASK_NAME_LENGTH,
  MIN_REMOTE_LEASE_MS,
  REMOTE_LEASE_MS,
  TASK_DEADLINE_MS,
} from '../../src/core/limits.js';
import type { EnqueueOptions, JobClaimOptions } from '../../src/core/queue.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import type { Handlers } from '../../src/runtime/handler.js';
import { Registry } from '../../src/runtime/registry.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { probe } from '../../src/testing/probe-language.js';

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

/** An engine on a store whose clock only the test moves; it works only where it has handlers. */
function open(handlers?: Handlers) {
  const time = { now: 1_000 };
  const store = openMemoryStore({ clock: () => time.now });
  const engine = new DurableEngine({
    store,
    registry: new Registry({ languages: [probe], handlers: handlers ?? {} }),
    clock: systemClock,
    identity: 'test',
    works: handlers !== undefined,
  });
  engines.push(engine);
  return { engine, store, time };
}

async function claimOne(engine: Engine, options: JobClaimOptions = {}) {
  const [job, ...rest] = await engine.claimJobs(options);
  if (job === undefined || rest.length > 0) throw new Error('one job was expected');
  return job;
}

const refused = (code: string, path?: string) =>
  expect.objectContaining({
    problems: [expect.objectContaining({ code, ...(path === undefined ? {} : { path }) })],
  });

describe('an engine’s queues', () => {
  it('take a job that asks for nothing, and do it', async () => {
    const { engine } = open({ greet: (name) => `hello ${name}` });
    const job = await engine.enqueue('greet', { input: 'Ada' });
    expect(job).toMatchObject({ name: 'greet', queue: 'default', status: 'pending', duplicate: false });
    expect(job).toMatchObject({ priority: DEFAULT_PRIORITY, timeoutMs: TASK_DEADLINE_MS, input: '"Ada"' });
    expect(job.retry).toEqual({ attempts: DEFAULT_JOB_ATTEMPTS, ...DEFAULT_BACKOFF });
    for (let i = 0; (await engine.job(job.id))?.status !== 'completed' && i < 500; i++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await engine.job(job.id))?.output).toBe('"hello Ada"');
  });

  it('take what a job asks for', async () => {
    const { engine, time } = open();
    const options = {
      ...{ id: 'one', queue: 'mail', priority: 1, delay: '5s', attempts: 9 },
      ...{ backoff: { delay: '2s', rate: 3, max: '1m' }, timeout: '30s', heartbeat: '5s' },
    };
    expect(await engine.enqueue('greet', options)).toMatchObject({
      ...{ id: 'one', queue: 'mail', priority: 1, dueAt: time.now + 5_000, timeoutMs: 30_000 },
      ...{ heartbeatMs: 5_000, input: 'null' },
      retry: { attempts: 9, delayMs: 2_000, rate: 3, maxDelayMs: 60_000 },
    });
    const first = await engine.enqueue('greet', { backoff: '2h' });
    expect(first.retry).toMatchObject({ delayMs: 7_200_000, maxDelayMs: 7_200_000 });
  });

  it('have the same job once, whatever the order of its keys, and refuse another under its id', async () => {
    const { engine } = open();
    const options = { id: 'one', input: { a: 1, b: 2 }, delay: '1s' };
    const first = await engine.enqueue('greet', options);
    const same = await engine.enqueue('greet', { ...options, input: { b: 2, a: 1 }, delay: 1_000 });
    expect(same).toEqual({ ...first, duplicate: true });
    for (const other of [{ input: 1 }, { delay: '2s' }, { queue: 'mail' }]) {
      await expect(engine.enqueue('greet', { ...options, ...other })).rejects.toEqual(
        refused('conflict', '/id'),
      );
    }
    await expect(engine.enqueue('wave', options)).rejects.toEqual(refused('conflict', '/id'));
  });

  it.each<[keyof EnqueueOptions, string, unknown[], unknown[]]>([
    ['priority', '/priority', [1, LAST_PRIORITY], [0, LAST_PRIORITY + 1, 1.5, '1']],
    ['attempts', '/attempts', [1, MAX_JOB_ATTEMPTS], [0, MAX_JOB_ATTEMPTS + 1, Number.NaN]],
    ['delay', '/delay', [0, '100w'], [-1, 'soon', '6000w']],
    ['timeout', '/timeout', [1, '1d'], [0, '0s']],
    ['heartbeat', '/heartbeat', [1], [0, 'now']],
    ['id', '/id', ['a', 'a'.repeat(MAX_ID_LENGTH)], ['', 'a/b', '..', 'a'.repeat(MAX_ID_LENGTH + 1), 7]],
    ['queue', '/queue', ['a'], ['', 'a/b', 7]],
  ])('take a %s within its limits alone', async (key, path, good, bad) => {
    const { engine } = open();
    for (const value of good) await engine.enqueue('greet', { [key]: value });
    for (const value of bad) {
      await expect(engine.enqueue('greet', { [key]: value })).rejects.toMatchObject({ problems: [{ path }] });
    }
  });

  it('take a name, a pause and an input within their limits alone', async () => {
    const { engine } = open();
    await engine.enqueue('n'.repeat(MAX_TASK_NAME_LENGTH), { backoff: { rate: MAX_BACKOFF_RATE } });
    await engine.enqueue('arn:aws:lambda:a/b', { backoff: { rate: 1, delay: 0, max: 0 } });
    for (const name of ['', 'a\n', 'n'.repeat(MAX_TASK_NAME_LENGTH + 1)])
      await expect(engine.enqueue(name)).rejects.toEqual(refused('invalid-id', '/name'));
    for (const rate of [0.9, MAX_BACKOFF_RATE + 1, Number.NaN, '2' as unknown as number])
      await expect(engine.enqueue('greet', { backoff: { rate } })).rejects.toEqual(
        refused('invalid-job', '/backoff/rate'),
      );
    await expect(engine.enqueue('greet', { backoff: { max: 'never' } })).rejects.toEqual(
      refused('duration', '/backoff/max'),
    );
    const input = 'x'.repeat(MAX_PAYLOAD_BYTES - 2);
    await engine.enqueue('greet', { input });
    await expect(engine.enqueue('greet', { input: `${input}x` })).rejects.toEqual(
      refused('payload-too-large'),
    );
  });

  it('cancel and retry plain jobs, and say why they do not', async () => {
    const { engine } = open();
    await engine.enqueue('greet', { id: 'one' });
    await expect(engine.retryJob('one')).rejects.toEqual(refused('job-state'));
    expect(await engine.cancelJob('one')).toMatchObject({ id: 'one', status: 'cancelled' });
    await expect(engine.cancelJob('one')).rejects.toThrow(/one" is cancelled and cannot be cancelled/);
    expect(await engine.retryJob('one')).toMatchObject({ status: 'pending', attempts: 0 });
    await expect(engine.cancelJob('none')).rejects.toEqual(refused('unknown-job'));
    await expect(engine.retryJob('none')).rejects.toEqual(refused('unknown-job'));
  });

  it('leave the jobs of instances to their instances', async () => {
    const { engine, store } = open();
    store.cancelJob = async () => 'owned';
    store.job = async () => ({ id: 'a/1/0', instance: 'a' }) as never;
    await expect(engine.cancelJob('a/1/0')).rejects.toThrow(/belongs to instance "a"/);
  });

  it('are paused, limited and counted', async () => {
    const { engine } = open();
    await engine.limitQueue('mail', 1);
    for (const id of ['one', 'two']) await engine.enqueue('greet', { id, queue: 'mail' });
    expect((await engine.claimJobs({ limit: 9 })).map(({ id }) => id)).toEqual(['one']);
    expect(await engine.queues()).toMatchObject([
      { queue: 'mail', paused: false, concurrency: 1, pending: 1, processing: 1 },
    ]);
    expect(await engine.pause({ queue: 'mail' })).toBe(true);
    await engine.limitQueue('mail', null);
    expect(await engine.claimJobs()).toEqual([]);
    expect(await engine.resume({ queue: 'mail' })).toBe(true);
    expect((await claimOne(engine)).id).toBe('two');
    await engine.limitQueue('mail', MAX_QUEUE_CONCURRENCY);
    for (const concurrency of [0, 1.5, MAX_QUEUE_CONCURRENCY + 1])
      await expect(engine.limitQueue('mail', concurrency)).rejects.toEqual(
        refused('invalid-job', '/concurrency'),
      );
    await expect(engine.limitQueue('a/b', 1)).rejects.toEqual(refused('invalid-id', '/queue'));
  });
});

describe('a worker in another process', () => {
  it('claims a job, tells that it is alive, and completes it', async () => {
    const { engine, time } = open();
    await engine.enqueue('greet', { id: 'one', input: 'Ada' });
    const job = await claimOne(engine);
    expect(job).toMatchObject({ id: 'one', status: 'processing', attempts: 1, input: '"Ada"' });
    time.now += REMOTE_LEASE_MS - 1;
    await engine.heartbeatJob('one', job.token, { lease: '1m' });
    time.now += 59_999;
    expect(await engine.claimJobs()).toEqual([]);
    const output = { hello: 'Ada' };
    expect(await engine.completeJob('one', job.token, output)).toMatchObject({ status: 'completed' });
    expect((await engine.job('one'))?.output).toBe('{"hello":"Ada"}');
  });

  it('loses a job that it held for too long in silence', async () => {
    const { engine, time } = open();
    await engine.enqueue('greet', { id: 'one' });
    const lost = await claimOne(engine);
    time.now += REMOTE_LEASE_MS;
    const job = await claimOne(engine);
    expect(job.attempts).toBe(2);
    await expect(engine.heartbeatJob('one', lost.token)).rejects.toEqual(refused('lease-lost'));
    await expect(engine.completeJob('one', lost.token)).rejects.toEqual(refused('lease-lost'));
    await expect(engine.failJob('one', lost.token, { error: 'Dark' })).rejects.toEqual(refused('lease-lost'));
    await expect(engine.heartbeatJob('none', lost.token)).rejects.toEqual(refused('unknown-job'));
    expect((await engine.completeJob('one', job.token)).output).toBe('null');
  });

  it('fails a job, to be tried again or for good', async () => {
    const { engine, time } = open();
    await engine.enqueue('greet', { id: 'one', backoff: '10s' });
    const job = await claimOne(engine);
    expect(await engine.failJob('one', job.token, { error: 'Dark', cause: 'no power' })).toMatchObject({
      ...{ status: 'pending', error: 'Dark', cause: 'no power', dueAt: time.now + 10_000 },
    });
    time.now += 10_000;
    const again = await claimOne(engine);
    expect(await engine.failJob('one', again.token, { error: 'Gone', final: true })).toMatchObject({
      ...{ status: 'failed', error: 'Gone', attempts: 2 },
    });
    for (const error of ['', 'E'.repeat(MAX_ID_LENGTH + 1), 7 as unknown as string])
      await expect(engine.failJob('one', '', { error })).rejects.toEqual(refused('invalid-job', '/error'));
    const wrong = { error: 'E', cause: 7 as unknown as string };
    await expect(engine.failJob('one', '', wrong)).rejects.toEqual(refused('invalid-job', '/cause'));
    const odd = { error: 'E', final: 'yes' as unknown as boolean };
    await expect(engine.failJob('one', '', odd)).rejects.toEqual(refused('invalid-job', '/final'));
  });

  it('claims by name and queue, and many at once', async () => {
    const { engine } = open();
    for (const [name, queue] of [
      ['greet', 'mail'],
      ['wave', 'mail'],
      ['greet', 'post'],
    ] as const)
      await engine.enqueue(name, { id: `${name}-${queue}`, queue });
    expect((await claimOne(engine, { names: ['greet'], queues: ['post'], limit: 5 })).id).toBe('greet-post');
    expect((await engine.claimJobs({ limit: MAX_REMOTE_CLAIM })).length).toBe(2);
  });

  it.each<[keyof JobClaimOptions, unknown[], unknown[]]>([
    ['limit', [1, MAX_REMOTE_CLAIM], [0, MAX_REMOTE_CLAIM + 1]],
    ['lease', [MIN_REMOTE_LEASE_MS, MAX_REMOTE_LEASE_MS], [MIN_REMOTE_LEASE_MS - 1, MAX_REMOTE_LEASE_MS + 1]],
    ['wait', [0], [MAX_CLAIM_WAIT_MS + 1, 'for ever']],
    ['names', [[], Array(MAX_REMOTE_NAMES).fill('n')], [Array(MAX_REMOTE_NAMES + 1).fill('n'), [7], 'greet']],
    ['queues', [['q']], [[null]]],
  ])('may ask for a %s within its limits alone', async (key, good, bad) => {
    const { engine } = open();
    for (const value of good) expect(await engine.claimJobs({ [key]: value })).toEqual([]);
    for (const value of bad) {
      await expect(engine.claimJobs({ [key]: value })).rejects.toMatchObject({
        problems: [{ path: `/${key}` }],
      });
    }
  });

  it('waits for a job, until there is one', async () => {
    const { engine, time } = open();
    const waiting = engine.claimJobs({ wait: '30s' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await engine.enqueue('greet', { id: 'one' });
    expect((await waiting).map(({ id }) => id)).toEqual(['one']);
    await engine.enqueue('greet', { id: 'two', delay: 10 });
    setTimeout(() => {
      time.now += 10;
    }, 20);
    expect((await engine.claimJobs({ wait: '30s' })).map(({ id }) => id)).toEqual(['two']);
    expect(await engine.claimJobs({ wait: 10 })).toEqual([]);
  });

  it('does not ask on and on while something is overdue that nobody ends', async () => {
    const { engine, store, time } = open();
    await engine.enqueue('greet', { id: 'one', timeout: 10, attempts: 1 });
    await claimOne(engine);
    time.now += 10;
    let asked = 0;
    const claimJobs = store.claimJobs.bind(store);
    store.claimJobs = (query) => {
      asked += 1;
      return claimJobs(query);
    };
    expect(await engine.claimJobs({ wait: 200 })).toEqual([]);
    expect(asked).toBeLessThan(15);
  });

  it('takes nothing once it is gone, and waits no longer than the engine lives', async () => {
    const { engine } = open();
    const gone = new AbortController();
    const waiting = engine.claimJobs({ wait: '30s', signal: gone.signal });
    await new Promise((resolve) => setTimeout(resolve, 10));
    gone.abort();
    expect(await waiting).toEqual([]);
    await engine.enqueue('greet', { id: 'one' });
    expect(await engine.claimJobs({ signal: gone.signal })).toEqual([]);
    expect((await engine.job('one'))?.attempts).toBe(0);
    const last = engine.claimJobs({ wait: '30s', queues: ['other'] });
    await new Promise((resolve) => setTimeout(resolve, 10));
    await engine.close();
    expect(await last).toEqual([]);
  });

  it('gives back what it was given after it had gone', async () => {
    const { engine, store } = open();
    await engine.enqueue('greet', { id: 'one' });
    const gone = new AbortController();
    const claimJobs = store.claimJobs.bind(store);
    store.claimJobs = async (query) => {
      const claimed = await claimJobs(query);
      gone.abort();
      return claimed;
    };
    expect(await engine.claimJobs({ signal: gone.signal })).toEqual([]);
    expect(await engine.job('one')).toMatchObject({ status: 'pending', attempts: 0 });
  });
});
