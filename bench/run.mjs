// npm run bench: every row of one run, side by side. Ratios are what to read: machines differ, and so do minutes.

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

const SECTIONS = {
  transition: 'Pure transitions',
  store: 'Durable transitions on SQLite (synchronous=FULL)',
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

/** Rows of { name, value, unit, ratio, note }. */
function print(title, rows) {
  console.log(`\n## ${title}\n`);
  const cells = rows.map((row) => [
    row.name,
    `${format(row.value)} ${row.unit}`,
    row.ratio === undefined ? '' : `×${format(row.ratio)}`,
    row.note ?? '',
  ]);
  const head = ['', 'measured', 'ratio', ''];
  const widths = head.map((_, i) => Math.max(...[head, ...cells].map((line) => line[i].length)));
  for (const line of [head, widths.map((width) => '-'.repeat(width)), ...cells]) {
    console.log(
      `| ${line.map((cell, i) => (i === 1 || i === 2 ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`,
    );
  }
}

function format(value) {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
