// An event's way through an idle engine, on both stores, with the worker here and elsewhere.
import { join } from 'node:path';
import { flushRate } from '../disk.mjs';
import { latencies } from '../latency.mjs';
import { median, percentile } from '../statistics.mjs';

/** A disk this fast is expected to give the aims in milliseconds; a slower one in flushes. */
const FAST_DISK = 2_000;

export async function measure({ seconds, dir, host }) {
  const events = Math.max(20, Math.round(50 * seconds));
  const server = await host.postgres();
  const rows = [];
  const flushes = [];
  for (const elsewhere of [false, true]) {
    const place = elsewhere ? 'worker in another process' : 'worker in this process';
    const urls = {
      SQLite: `sqlite:${join(dir, `latency-${elsewhere}.db`)}`,
      ...(server.absent === undefined && { PostgreSQL: `${server.url}?schema=latency_${elsewhere}` }),
    };
    for (const [name, url] of Object.entries(urls)) {
      const before = flushRate(dir, 100);
      const { reached, seen } = await latencies(url, { elsewhere, events });
      const nearby = [before, flushRate(dir, 100)];
      flushes.push(...nearby);
      const flushMs = (1_000 / nearby[0] + 1_000 / nearby[1]) / 2;
      const show = (what, values, p, aim) => ({
        name: `${name}, ${place}: ${what}`,
        value: percentile(values, p),
        unit: 'ms',
        note: `${(percentile(values, p) / flushMs).toFixed(1)} fdatasync${aim ?? ''}`,
      });
      rows.push(
        show('accepted to visible, median', reached, 0.5, '; aim 5 ms'),
        show('accepted to visible, p99', reached, 0.99, '; aim 25 ms'),
        show('sent and answered as applied, median', seen, 0.5),
      );
    }
  }
  if (server.absent !== undefined) rows.push({ name: 'PostgreSQL', note: server.absent });
  const disk = median(flushes);
  const note = disk > FAST_DISK ? 'the aims hold' : `the aims are for a disk above ${FAST_DISK}`;
  return [{ name: 'fdatasync after a write of 4 kB', value: disk, unit: 'flushes/s', note }, ...rows];
}
