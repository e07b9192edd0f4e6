import { afterEach, describe, expect, it } from 'vitest';
import type { NewPlainJob } from '../../src/core/job.js';
import type { Json } from '../../src/core/json.js';
import type { HandlerJob } from '../../src/runtime/handler.js';
import { JobRunner } from '../../src/runtime/job-runner.js';
import { Registry } from '../../src/runtime/registry.js';
import { POLL_MS } from '../../src/runtime/sleep.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { newPlainJob } from '../../src/testing/store-suite/fixture.js';
import { HandClock, settled } from './hand-clock.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A runner on one clock with its store, beside no worker, whose handler hangs; and the job that it has begun. */
async function begun(over: Partial<NewPlainJob>) {
  const clock = new HandClock();
  const store = openMemoryStore({ clock: () => clock.now() });
  let context: HandlerJob | undefined;
  const lamp = (_: Json, job: HandlerJob) => {
    context = job;
    return new Promise<Json>(() => {});
  };
  const registry = new Registry({ languages: [], handlers: { lamp } });
  const runner = new JobRunner({ store, registry, clock, identity: 'r' });
  stops.push(async () => {
    const stopping = runner.stop(0);
    await clock.move(0);
    await stopping;
  });
  const retry = { attempts: 1, delayMs: 0, rate: 1, maxDelayMs: 0 };
  await store.enqueue([newPlainJob('one', { retry, ...over })]);
  runner.start();
  await settled();
  if (context === undefined) throw new Error('it was not begun');
  return { clock, job: context, stands: async () => (await store.job('one'))?.status, store };
}

describe('a job at work that nobody else looks after', () => {
  it('ends as soon as it has taken too long, and its handler is told', async () => {
    const { clock, job, stands, store } = await begun({ timeoutMs: 100 });
    await clock.move(99);
    expect(await stands()).toBe('processing');
    await clock.move(1);
    expect(await store.job('one')).toMatchObject({ status: 'failed', error: 'Timeout' });
    expect(job.signal.aborted).toBe(true);
  });

  it('ends as soon as its handler was silent for too long', async () => {
    const { clock, job, stands, store } = await begun({ heartbeatMs: 200 });
    await clock.move(190);
    job.heartbeat();
    // What was said in time is told first.
    await clock.move(10);
    expect(await stands()).toBe('processing');
    await clock.move(199);
    expect(await stands()).toBe('processing');
    await clock.move(1);
    expect(await store.job('one')).toMatchObject({ status: 'failed', error: 'HeartbeatTimeout' });
    expect(job.signal.aborted).toBe(true);
  });

  it.each([
    ['just sooner than a worker asks again', POLL_MS - 1, 'failed'],
    ['no sooner than a worker asks again', POLL_MS, 'processing'],
  ])('is looked after where it has taken too long %s', async (_, timeoutMs, status) => {
    const { clock, stands } = await begun({ timeoutMs });
    await clock.move(timeoutMs);
    expect(await stands()).toBe(status);
  });
});
