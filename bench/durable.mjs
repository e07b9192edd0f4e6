// npm run bench:durable [-- SECTION…]: what durability costs, each figure beside those it is compared with, in
// one run on the same servers. BENCH_SECONDS scales it (2; a quarter is enough to see that it runs).

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { flushRate } from './disk.mjs';
import { startPostgres } from './durable/postgres-server.mjs';
import { startRedis } from './durable/redis-server.mjs';
import { installPeers } from './installed-peers.mjs';
import { print } from './table.mjs';

const SECTIONS = {
  postgres: 'Transitions on PostgreSQL',
  sqlite: 'Transitions on SQLite (synchronous=FULL)',
  workflows: 'Workflows of five tasks on PostgreSQL',
  jobs: 'Jobs, concurrency 100',
  latency: 'An event accepted, its transition visible, idle',
  timers: 'Timers, 1,000 a second',
  curves: 'Curves',
};

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = wanted.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) {
  console.error(`there is no section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(2);
}
const chosen = Object.entries(SECTIONS).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const seconds = Number(process.env.BENCH_SECONDS ?? 2);
const dir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'detent-bench-'));
const host = hostIn(dir);

console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`);
let failed = false;
try {
  for (const [index, [name, title]] of chosen.entries()) {
    if (index === 0 || index === Math.ceil(chosen.length / 2)) printDisk();
    const began = performance.now();
    try {
      const { measure } = await import(`./durable/${name}.mjs`);
      print(title, await measure({ seconds, dir, host }));
    } catch (error) {
      // The others can be measured all the same.
      failed = true;
      console.error(`${title}: ${error?.stack ?? error}`);
    }
    console.log(`\n(load ${loadavg()[0].toFixed(1)}, ${((performance.now() - began) / 1_000).toFixed(0)} s)`);
  }
  printDisk();
} finally {
  await host.stop();
  rmSync(dir, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

function printDisk() {
  const disk = { name: 'fdatasync after a write of 4 kB', value: flushRate(dir), unit: 'flushes/s' };
  print('Disk', [{ ...disk, note: `load ${loadavg()[0].toFixed(1)}` }]);
}

/** What several sections share, started by the first that asks. */
function hostIn(folder) {
  const started = new Map();
  const once = (name, start) => () => {
    if (!started.has(name)) started.set(name, start(folder));
    return started.get(name);
  };
  return {
    postgres: once('postgres', startPostgres),
    redis: once('redis', startRedis),
    /** Why the packages of others are absent, if they are. */
    peersAbsent: once('peers', installPeers),
    async stop() {
      for (const name of ['postgres', 'redis'])
        await (await started.get(name)?.catch(() => undefined))?.stop?.();
    },
  };
}
