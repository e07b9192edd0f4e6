// Workflows of five tasks a second, beside DBOS's of five steps, on the same server.
import { join } from 'node:path';
import { interleaved, median, medianRatio, spread } from '../statistics.mjs';
import { startChild } from './child.mjs';
import { CONNECTIONS, FiveTasks } from './five-tasks.mjs';

const CONCURRENCIES = [1, 16, 64];
const ROUNDS = 5;

export async function measure({ seconds, host }) {
  const server = await host.postgres();
  if (server.absent !== undefined) return [{ name: 'workflows', note: server.absent }];
  const absent = await host.peersAbsent();
  const ours = await FiveTasks.open(`${server.url}?schema=five_tasks`);
  const url = new URL(server.url);
  url.pathname = '/dbos';
  const theirs =
    absent === undefined
      ? await startChild(join(import.meta.dirname, 'dbos.mjs'), [url, CONNECTIONS])
      : undefined;
  const variants = {};
  for (const concurrency of CONCURRENCIES) {
    variants[`ours${concurrency}`] = () => ours.round(concurrency, seconds);
    if (theirs !== undefined) variants[`dbos${concurrency}`] = () => theirs.ask({ concurrency, seconds });
  }
  const rates = await interleaved(variants, { rounds: ROUNDS, warm: 1 });
  await ours.close();
  await theirs?.stop();
  const rows = [{ name: 'server', note: `${server.about}; ${CONNECTIONS} connections each` }];
  for (const concurrency of CONCURRENCIES) {
    const [own, peer] = [rates[`ours${concurrency}`], rates[`dbos${concurrency}`]];
    const row = (name, values) => ({
      name: `${name}, ${concurrency} at once`,
      value: median(values),
      unit: 'workflows/s',
      note: `rounds ${spread(values)}`,
    });
    rows.push(peer === undefined ? { name: 'DBOS', note: absent } : row('DBOS 5.3.0, five steps', peer));
    const mine = row('five Task states, each a job', own);
    rows.push(
      peer === undefined
        ? mine
        : { ...mine, ratio: medianRatio(own, peer), note: `this / DBOS, aim 10; ${mine.note}` },
    );
  }
  return rows;
}
