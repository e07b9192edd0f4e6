import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { testPostgres } from '../services/postgres.js';
import { growth, type SoakReport, soak } from './soak.js';

/** A moment in the suite, 600 in `npm run test:soak`. */
const SECONDS = Number(process.env['DETENT_SOAK_SECONDS'] ?? 8);
const isLong = SECONDS >= 300;
const MEASURE_SECONDS = isLong ? 20 : 2;
const SHARE = 0.7;

/** How much more the last third of a long soak may take than the one before. */
const MOST_GROWTH = 1.1;

const folder = mkdtempSync(join(tmpdir(), 'detent-soak-'));
const found = await testPostgres();
const why = found.reason === undefined ? '' : ` (skipped: ${found.reason})`;
const schema = `soak_${process.pid}`;

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (found.url === undefined) return;
  const client = new pg.Client({ connectionString: found.url });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await client.end();
});

function judge(name: string, report: SoakReport): void {
  const { samples, ...figures } = report;
  const grown = {
    memory: growth(samples, ({ rssBytes }) => rssBytes),
    store: growth(samples, ({ storeBytes }) => storeBytes),
    instances: growth(samples, ({ instances }) => instances),
  };
  console.log(
    `soak on ${name}: ${JSON.stringify({ seconds: SECONDS, ...figures, grown, last: samples.at(-1) })}`,
  );
  expect(report.orders, 'orders were carried out').toBeGreaterThan(SECONDS);
  if (!isLong) return;
  expect(report.swept, 'what had ended was swept').toBeGreaterThan(report.orders * 0.8);
  expect(report.rate, 'the load was what it should be').toBeGreaterThan(report.fullRate * SHARE * 0.9);
  expect(grown.memory).toBeLessThan(MOST_GROWTH);
  expect(grown.store).toBeLessThan(MOST_GROWTH);
}

describe(`a soak of ${SECONDS} s at 70% of the full rate, with retention`, () => {
  it('keeps memory and file flat on SQLite', async () => {
    const path = join(folder, 'soak.db');
    const size = async () =>
      ['', '-wal'].reduce(
        (sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
    const plan = {
      url: `sqlite:${path}`,
      seconds: SECONDS,
      measureSeconds: MEASURE_SECONDS,
      share: SHARE,
      size,
    };
    judge('sqlite', await soak(plan));
  }, 1_200_000);

  it.skipIf(found.url === undefined)(
    `keeps memory and tables flat on PostgreSQL${why}`,
    async () => {
      const url = new URL(found.url as string);
      url.searchParams.set('schema', schema);
      const client = new pg.Client({ connectionString: found.url as string });
      await client.connect();
      const size = async () => {
        const sum = `SELECT sum(pg_total_relation_size(c.oid))::float8 AS bytes FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`;
        return (await client.query<{ bytes: number }>(sum, [schema])).rows[0]?.bytes ?? 0;
      };
      const plan = { url: url.href, seconds: SECONDS, measureSeconds: MEASURE_SECONDS, share: SHARE, size };
      judge('postgres', await soak(plan));
      await client.end();
    },
    1_200_000,
  );
});
