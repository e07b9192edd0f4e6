import { LANGUAGES } from '../../dist/embed/languages.js';
import { systemClock } from '../../dist/runtime/clock.js';
import { DurableEngine } from '../../dist/runtime/engine.js';
import { Registry } from '../../dist/runtime/registry.js';
import { workerIdentity } from '../../dist/store/sqlite/worker-identity.js';

/** The store that a URL names; of PostgreSQL's with so many connections, and no more. */
export async function openStore(url, connections = 8) {
  if (url.startsWith('sqlite:')) {
    const { openSqliteStore } = await import('../../dist/store/sqlite/sqlite-store.js');
    return openSqliteStore({ path: url.slice('sqlite:'.length) });
  }
  const { openPostgresStore } = await import('../../dist/store/postgres/postgres-store.js');
  return openPostgresStore({ url, maxConnections: connections, overflow: 0 });
}

/** As openEngine does it, on a store that is given: so that it can be watched. */
export function engineOn(store, { handlers = {}, works = true, concurrency } = {}) {
  const registry = new Registry({ languages: LANGUAGES, handlers });
  return new DurableEngine({
    store,
    registry,
    works,
    identity: workerIdentity(),
    clock: systemClock,
    onError: (error) => console.error(error),
    ...(concurrency === undefined ? {} : { concurrency }),
  });
}

/** Counts a tick, and carries 800 characters more: about as much state as a small order has. */
export const counter = {
  machine: 'counter',
  language: 'statechart',
  source: {
    id: 'counter',
    initial: 'on',
    context: { n: 0, note: 'x'.repeat(800) },
    states: { on: { on: { tick: { assign: { n: '{% context.n + 1 %}' } } } } },
  },
};

/** Makes `count` instances, `i0` and so on, many at a time. */
export async function createInstances(engine, machine, count) {
  await inFlight(100, count, (n) => engine.create(machine, { id: `i${n}` }));
}

/** Calls `work` with 0 to count - 1, so many of them at once. */
export async function inFlight(limit, count, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, lane));
}
