// npm run bench: every row of one run, side by side. Ratios are what to read: machines differ, and so do minutes.

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { print } from './table.mjs';

const SECTIONS = {
  transition: 'Pure transitions',
  compile: 'A machine of 1,000 states',
  jsonata: 'JSONata',
  workflows: 'Executions of workflows in memory',
  maps: 'Items of a distributed Map',
  size: 'Sizes',
  store: 'Durable transitions on SQLite (synchronous=FULL)',
  types: 'Check time of a machine of 200 states',
  latency: 'An event from another process, idle',
};

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const seconds = Number(process.env.BENCH_SECONDS ?? 2);
const dir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'detent-bench-'));

console.log(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0].toFixed(2)}`,
);
try {
  for (const [name, title] of Object.entries(SECTIONS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { measure } = await import(`./${name}.mjs`);
    print(title, await measure({ seconds, dir }));
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
