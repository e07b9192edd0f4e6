// Transitions a second on SQLite with synchronous=FULL, beside a bare loop that writes the same rows.
import { join } from 'node:path';
import { openBareLoop } from '../bare-loop.mjs';
import { flush } from '../disk.mjs';
import { Mailboxes } from '../mailboxes.mjs';
import { interleaved, median, medianRatio, spread } from '../statistics.mjs';
import { timed } from '../store.mjs';
import { EndToEnd } from './end-to-end.mjs';
import { openStore } from './open-engine.mjs';

const GROUP = 100;
const INSTANCES = 1_000;
const ROUNDS = 9;

export async function measure({ seconds, dir }) {
  const store = await openStore(`sqlite:${join(dir, 'commits.db')}`);
  const mail = new Mailboxes(store, INSTANCES);
  await mail.create();
  const bare = await openBareLoop(join(dir, 'bare.db'), INSTANCES);
  const events = Math.max(GROUP, Math.round((2_000 * seconds) / GROUP) * GROUP);
  const endToEnd = await EndToEnd.open(`sqlite:${join(dir, 'end-to-end.db')}`, { events });
  const groups = events / GROUP / 2;
  const rates = await interleaved(
    {
      disk: () => flush(dir, 20),
      bare: () => repeated(groups, () => timed(GROUP, bare.prepared(GROUP), (rows) => bare.write(rows))),
      commit: () =>
        repeated(groups, async () =>
          timed(GROUP, await mail.prepared(GROUP), (commits) => mail.commit(commits)),
        ),
      bareEndToEnd: () =>
        repeated(groups, () => timed(GROUP, GROUP, (count) => bare.write(bare.prepared(count)))),
      endToEnd: () => endToEnd.round(),
    },
    { rounds: ROUNDS, warm: 2 },
  );
  await store.close();
  await endToEnd.close();
  bare.close();
  const row = (name, key, ratio, note = '') => ({
    name,
    value: median(rates[key]),
    unit: 'events/s',
    ...(ratio === undefined ? {} : { ratio }),
    note: `${note}${note && '; '}rounds ${spread(rates[key])}`,
  });
  const over = (theirs, ours) => medianRatio(rates[theirs], rates[ours]);
  const { rows, acceptedRows } = bare;
  return [
    { name: 'fdatasync after a write of 4 kB', value: median(rates.disk), unit: 'flushes/s' },
    row(`bare loop, ${GROUP} a transaction`, 'bare', undefined, `${rows} rows a commit, ${bare.driver}`),
    row(`store.commit, ${GROUP} in one call`, 'commit', over('bare', 'commit'), 'bare loop / this, aim 1.5'),
    row(
      'bare loop that accepts too',
      'bareEndToEnd',
      undefined,
      `${acceptedRows} + ${rows} rows, two transactions for ${GROUP}`,
    ),
    row(
      'end to end, one process',
      'endToEnd',
      over('bareEndToEnd', 'endToEnd'),
      `bare loop that accepts too / this, aim 3 (without accepting: ${over('bare', 'endToEnd').toFixed(2)})`,
    ),
  ];
}

async function repeated(times, run) {
  const sum = { count: 0, ms: 0 };
  for (let n = 0; n < times; n++) {
    const { count, ms } = await run();
    sum.count += count;
    sum.ms += ms;
  }
  return sum;
}
