// Pure transitions a second: ours, every library's and those of a program written by hand, on the same machines in one run.
// Alone: npm run build && node bench/transition.mjs [SECONDS [WORKLOAD [CONTENDER…]]]
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installPeers, isInstalled } from './installed-peers.mjs';
import { median } from './statistics.mjs';
import { print } from './table.mjs';
import { CONTENDERS } from './transition/contenders.mjs';
import { WORKLOADS } from './transition/workloads.mjs';

const ROUNDS = 5;

/** Rows of { name, value, unit, ratio, note }; `seconds` for each contender of each workload. */
export async function measure({
  seconds,
  workloads = Object.keys(WORKLOADS),
  contenders = Object.keys(CONTENDERS),
}) {
  const missing = await installPeers();
  const rows = [];
  for (const name of workloads)
    rows.push(...(await measureWorkload(WORKLOADS[name], contenders, seconds, missing)));
  return rows;
}

async function measureWorkload(workload, contenders, seconds, missing) {
  const cells = [];
  const rows = [];
  try {
    for (const contender of contenders) {
      const { title, package: needed } = CONTENDERS[contender];
      if (needed !== undefined && !isInstalled(needed)) {
        rows.push({ name: `${workload.title}: ${title}`, note: missing ?? `${needed} is not installed` });
        continue;
      }
      const cell = await openCell(contender, workload);
      if (cell !== undefined) cells.push(cell);
    }
    agree(workload, cells);
    await timeCells(cells, (seconds * 1_000) / (ROUNDS + 1));
  } finally {
    for (const { child } of cells) child.kill();
  }
  return [...rowsOf(workload, cells), ...rows];
}

/** Undefined where the library has no way to say the workload. */
async function openCell(contender, workload) {
  const child = fork(join(import.meta.dirname, 'transition', 'cell.mjs'), [contender, workload.name]);
  const ask = (message) =>
    new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`${contender} on ${workload.name} ended with ${code}`)));
      child.once('message', resolve);
      if (message !== undefined) child.send(message);
    });
  const { where, absent } = await ask();
  child.removeAllListeners('exit');
  return absent === undefined ? { contender, child, ask, where, rates: [] } : undefined;
}

function agree(workload, cells) {
  const [first, ...others] = cells;
  const other = others.find(({ where }) => where !== first.where);
  if (other === undefined) return;
  throw new Error(
    `${workload.name}: ${first.contender} is in ${first.where}, but ${other.contender} in ${other.where}`,
  );
}

/** Each in turn, round by round, so that what the machine does besides falls on all of them. */
async function timeCells(cells, milliseconds) {
  for (const cell of cells) cell.rate = (await cell.ask({ milliseconds })).rate;
  for (let round = 0; round < ROUNDS; round++) {
    for (const cell of cells) {
      const events = Math.max(1_000, Math.ceil((cell.rate * milliseconds) / 1_000));
      cell.rates.push((await cell.ask({ events })).rate);
    }
  }
}

function rowsOf({ title }, cells) {
  const rates = new Map(cells.map(({ contender, rates: measured }) => [contender, median(measured)]));
  const ours = rates.get('detent');
  return [...rates].map(([contender, value]) => {
    const row = { name: `${title}: ${CONTENDERS[contender].title}`, value, unit: 'events/s' };
    if (contender === 'detent' || ours === undefined) return row;
    return { ...row, ratio: ours / value, note: 'times as fast is Detent' };
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , seconds = '2', workload, ...contenders] = process.argv;
  const chosen = {
    ...(workload === undefined || workload === 'all' ? {} : { workloads: [workload] }),
    ...(contenders.length === 0 ? {} : { contenders }),
  };
  print('Pure transitions', await measure({ seconds: Number(seconds), ...chosen }));
}
