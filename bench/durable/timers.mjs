// How late timers fire that come due at an even rate, and are durable: on both stores.
import { join } from 'node:path';
import { percentile } from '../statistics.mjs';
import { observed } from './observed-store.mjs';
import { engineOn, inFlight, openStore } from './open-engine.mjs';

const RATE = 1_000;
/** Timers are made this long before the first is due, at least. */
const AHEAD_MS = 2_000;
/** As slow as making them may be. */
const MAKING_RATE = 250;

const machine = {
  machine: 'waiting',
  language: 'asl',
  source: { StartAt: 'Wait', States: { Wait: { Type: 'Wait', TimestampPath: '$.until', End: true } } },
};

export async function measure({ seconds, dir, host }) {
  const server = await host.postgres();
  const urls = {
    SQLite: `sqlite:${join(dir, 'timers.db')}`,
    ...(server.absent === undefined && { PostgreSQL: `${server.url}?schema=timers` }),
  };
  const count = Math.max(500, Math.round(RATE * 3 * seconds));
  const rows = [];
  for (const [name, url] of Object.entries(urls)) {
    const late = await lateness(url, count);
    const row = (what, p, note) => ({
      name: `${name}: late, ${what}`,
      value: percentile(late, p),
      unit: 'ms',
      note,
    });
    rows.push(
      row('median', 0.5, `of ${count} timers, due to durable`),
      row('p99', 0.99, 'aim 50 ms'),
      row('most', 1, ''),
    );
  }
  if (server.absent !== undefined) rows.push({ name: 'PostgreSQL', note: server.absent });
  return rows;
}

/** Milliseconds from when each timer was due to when the commit of its turn was durable. */
async function lateness(url, count) {
  const late = [];
  let due = [];
  let fired = () => {};
  const store = observed(await openStore(url), {
    onCommits(commits) {
      for (const { lease, status } of commits) {
        if (status !== 'running') late.push(Date.now() - due[Number(lease.instance.slice(1))]);
      }
      if (late.length === count) fired();
    },
  });
  const engine = engineOn(store);
  try {
    await engine.publish(machine);
    const first = Date.now() + AHEAD_MS + (count / MAKING_RATE) * 1_000;
    due = Array.from({ length: count }, (_, n) => first + Math.floor((n * 1_000) / RATE));
    const allFired = new Promise((resolve) => {
      fired = resolve;
    });
    await inFlight(100, count, (n) =>
      engine.create(machine.machine, { id: `i${n}`, input: { until: new Date(due[n]).toISOString() } }),
    );
    if (Date.now() > first) throw new Error(`${count} timers were not made in time`);
    await allFired;
  } finally {
    await engine.close();
  }
  return late;
}
