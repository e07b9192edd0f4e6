// Plain jobs a second at concurrency 100: a full queue is emptied, here and by BullMQ.
import { join } from 'node:path';
import { DEFAULT_PRIORITY, DEFAULT_QUEUE } from '../../dist/core/limits.js';
import { interleaved, median, medianRatio, spread } from '../statistics.mjs';
import { startChild } from './child.mjs';
import { observed } from './observed-store.mjs';
import { engineOn, openStore } from './open-engine.mjs';

const CONCURRENCY = 100;
const ROUNDS = 5;
const PORTION = 500;

export async function measure({ seconds, dir, host }) {
  const jobs = Math.max(CONCURRENCY, Math.round(4_000 * seconds));
  const [server, redis, peersAbsent] = [await host.postgres(), await host.redis(), await host.peersAbsent()];
  const sqlite = await Emptying.open(`sqlite:${join(dir, 'jobs.db')}`);
  const postgres = server.absent === undefined ? await Emptying.open(`${server.url}?schema=jobs`) : undefined;
  const absent = redis.absent ?? peersAbsent;
  const bullmq =
    absent === undefined
      ? await startChild(join(import.meta.dirname, 'bullmq.mjs'), [redis.host, redis.port])
      : undefined;
  const rates = await interleaved(
    {
      ...(bullmq && { bullmq: () => bullmq.ask({ jobs, concurrency: CONCURRENCY }) }),
      ...(postgres && { postgres: () => postgres.round(jobs) }),
      sqlite: () => sqlite.round(jobs),
    },
    { rounds: ROUNDS, warm: 1 },
  );
  await sqlite.close();
  await postgres?.close();
  await bullmq?.stop();
  const row = (name, values, note) => ({
    name,
    value: median(values),
    unit: 'jobs/s',
    ...(rates.bullmq && values !== rates.bullmq ? { ratio: medianRatio(values, rates.bullmq) } : {}),
    note: `${note}; rounds ${spread(values)}`,
  });
  return [
    bullmq ? row('BullMQ 6.7.0', rates.bullmq, redis.about) : { name: 'BullMQ', note: absent },
    postgres
      ? row('plain jobs, PostgreSQL', rates.postgres, 'this / BullMQ, aim 1')
      : { name: 'plain jobs, PostgreSQL', note: server.absent },
    row('plain jobs, SQLite', rates.sqlite, 'this / BullMQ'),
  ];
}

/** Fills the queue while nobody works, then opens an engine on it and counts ends that are durable. */
class Emptying {
  #url;
  #store;
  #rounds = 0;

  static async open(url) {
    const made = new Emptying();
    made.#url = url;
    made.#store = await openStore(url);
    return made;
  }

  async round(jobs) {
    this.#rounds += 1;
    for (let first = 0; first < jobs; first += PORTION) {
      const count = Math.min(PORTION, jobs - first);
      await this.#store.enqueue(Array.from({ length: count }, (_, n) => this.#job(first + n)));
    }
    let left = jobs;
    let done = () => {};
    const emptied = new Promise((resolve) => {
      done = resolve;
    });
    const onEnds = (ends) => {
      left -= ends.length;
      if (left <= 0) done();
    };
    const store = observed(await openStore(this.#url), { onEnds });
    // As a worker that has connected and not begun: the connections are part of no figure.
    await store.now();
    const began = performance.now();
    const engine = engineOn(store, {
      handlers: { work: async ({ n }) => ({ n }) },
      concurrency: CONCURRENCY,
    });
    await emptied;
    const ms = performance.now() - began;
    await engine.close();
    return { count: jobs, ms };
  }

  close() {
    return this.#store.close();
  }

  #job(n) {
    return {
      id: `job-${this.#rounds}-${n}`,
      hash: 'h',
      queue: DEFAULT_QUEUE,
      name: 'work',
      priority: DEFAULT_PRIORITY,
      input: JSON.stringify({ n }),
      delayMs: 0,
      retry: { attempts: 1, delayMs: 0, rate: 1, maxDelayMs: 0 },
      timeoutMs: 60_000,
    };
  }
}
