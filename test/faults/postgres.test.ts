import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { LEASE_MS, SUSPECT_PATIENCE_MS } from '../../src/core/limits.js';
import { openEngine } from '../../src/embed/engine.js';
import { openStore } from '../../src/embed/store-url.js';
import { testPostgres } from '../services/postgres.js';
import { createServer, killServer, removeServer, startServer } from '../services/postgres-server.js';
import { Counters } from './counters.js';
import { CuttingProxy } from './cutting-proxy.js';
import { pause } from './dev-process.js';
import { killFleet, type Takeover } from './fleet.js';
import { ringAcrossRestart } from './timers.js';
import { WorkerProcess } from './worker-process.js';

/** Few in the suite; in `npm run test:faults` as many as are promised. */
const KILLS = Number(process.env['DETENT_FLEET_KILLS'] ?? 4);
const INSTANCES = Number(process.env['DETENT_FLEET_INSTANCES'] ?? 200);
const TIMERS = Number(process.env['DETENT_TIMERS'] ?? 1_000);
const RESTARTS = Number(process.env['DETENT_PG_RESTARTS'] ?? 2);
const CUTS = Number(process.env['DETENT_PG_CUTS'] ?? 50);
/** What a single takeover may take on a busy machine. */
const SLOWEST_MS = 5 * LEASE_MS;
/** How often it is looked whether a lease was taken over. */
const LOOK_MS = 25;

const found = await testPostgres();
const why = found.reason === undefined ? '' : ` (skipped: ${found.reason})`;
const TRIP = join(import.meta.dirname, 'trip.yaml');
const schemas: string[] = [];

/** The server's URL, with a schema of the test's own. */
function urlOf(name: string): string {
  const url = new URL(found.url as string);
  const schema = `faults_${name}_${process.pid}`;
  url.searchParams.set('schema', schema);
  schemas.push(schema);
  return url.href;
}

async function withClient<T>(action: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: found.url as string });
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}

/** The value below which this share of them lies. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

afterAll(async () => {
  if (found.url === undefined) return;
  await withClient(async (client) => {
    for (const schema of schemas) await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });
});

describe.skipIf(found.url === undefined)(`PostgreSQL${why}`, () => {
  it('loses nothing and repeats nothing while four workers are killed, and others take over', async () => {
    const url = urlOf('fleet');
    const schema = schemas.at(-1);
    const watcher = new pg.Pool({ connectionString: found.url as string, max: 1 });
    const held = `SELECT worker, attempts FROM ${schema}.lease WHERE token IS NOT NULL`;
    const look = async () => {
      const { rows } = await watcher.query<{ worker: string; attempts: number }>(held);
      return rows.map(({ worker, attempts }) => ({ pid: Number(worker.split(':')[1]), attempts }));
    };
    const holding = async () => new Set((await look()).map(({ pid }) => pid));
    const takeover = async (killed: number): Promise<Takeover | undefined> => {
      const began = performance.now();
      for (let attempts = 0; ; await pause(LOOK_MS)) {
        const left = (await look()).filter(({ pid }) => pid === killed);
        attempts = Math.max(attempts, ...left.map((one) => one.attempts));
        if (left.length > 0) continue;
        return attempts === 0 ? undefined : { ms: performance.now() - began, attempts };
      }
    };
    try {
      const { takeovers, ...report } = await killFleet({
        url,
        instances: INSTANCES,
        kills: KILLS,
        holding,
        takeover,
      });
      const p99 = percentile(
        takeovers.map(({ ms }) => ms),
        0.99,
      );
      const again = takeovers.filter(({ attempts }) => attempts > 1).map(({ ms }) => Math.round(ms));
      console.log(
        `fleet on postgres: ${JSON.stringify({ ...report, takeovers: takeovers.length, p99, again })}`,
      );
      expect(report.killed.working + report.killed.both).toBeGreaterThan(KILLS * 0.9);
      if (KILLS >= 50)
        expect(takeovers.length, 'kills of workers that held something').toBeGreaterThan(KILLS / 2);
      // Of fewer than a hundred it is just the slowest one.
      if (takeovers.length >= 100) expect(p99, 'ms to take over, p99').toBeLessThan(2 * LEASE_MS);
      // What lost two workers one after the other waits for others on purpose (rule 8).
      for (const { ms, attempts } of takeovers)
        expect(ms - (attempts - 1) * SUSPECT_PATIENCE_MS, 'ms to take over').toBeLessThan(SLOWEST_MS);
    } finally {
      await watcher.end();
    }
  }, 1_200_000);

  it('fires timers once each, none early, that are due while every worker is started again, whatever their clocks say', async () => {
    const report = await ringAcrossRestart(urlOf('timers'), TIMERS, [3_600_000, -3_600_000]);
    console.log(`timers on postgres: ${JSON.stringify(report)}`);
  }, 900_000);

  it('loses nothing and repeats nothing when the server is restarted at once, again and again', async () => {
    const server = await createServer();
    try {
      const url = new URL(server.url);
      url.searchParams.set('schema', 'restarts');
      const worker = new WorkerProcess([
        TRIP,
        '--handlers',
        join(import.meta.dirname, 'handlers.mjs'),
        '--db',
        url.href,
      ]);
      await worker.start();
      const engine = await openEngine({ db: url.href, worker: false });
      const counters = new Counters(engine);
      await counters.create(100);
      for (let n = 0; n < 8; n++) void counters.client(`client-${n}`, 2);
      for (let restart = 0; restart < RESTARTS; restart++) {
        await pause(200 + Math.random() * 300);
        await killServer(server);
        await startServer(server);
        const before = counters.acknowledged;
        while (counters.acknowledged < before + 8) await pause(20);
      }
      await counters.stop();
      expect(counters.repeated, 'requests that failed because of a restart').toBeGreaterThan(0);
      const { store } = await openStore(url.href);
      await counters.rest(store);
      await counters.inspect(store);
      await store.close();
      await engine.close();
      expect(await worker.stop()).toBe(0);
      console.log(
        `restarts: ${RESTARTS}, ${counters.acknowledged} acknowledged, ${counters.repeated} repeated`,
      );
    } finally {
      await removeServer(server);
    }
  }, 900_000);

  it('loses nothing and repeats nothing when connections are cut just after a commit, its answer lost', async () => {
    const direct = urlOf('cuts');
    const target = new URL(direct);
    const host = target.searchParams.get('host') ?? target.hostname;
    // Once the store is open: an opening that is cut is refused, as it should be.
    let cutting = false;
    const proxy = await CuttingProxy.open({ host, port: Number(target.port || 5432) }, () => {
      return cutting && Math.random() < 0.02;
    });
    const url = new URL(direct);
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    const engine = await openEngine({
      db: url.href,
      definitions: [TRIP, join(import.meta.dirname, 'handlers.mjs')],
      onError: () => {},
    });
    try {
      cutting = true;
      const counters = new Counters(engine);
      await counters.create(50);
      for (let n = 0; n < 8; n++) void counters.client(`client-${n}`, 2);
      while (proxy.cuts < CUTS) await pause(50);
      await counters.stop();
      cutting = false;
      const { store } = await openStore(direct);
      await counters.rest(store);
      await counters.inspect(store);
      await store.close();
      console.log(
        `cuts: ${proxy.cuts}, ${counters.acknowledged} acknowledged, ${counters.repeated} repeated`,
      );
    } finally {
      cutting = false;
      await engine.close();
      await proxy.close();
    }
  }, 600_000);
});
