// What grows, and what it costs then: instances that wait, and events of one instance; on both stores.
import { join } from 'node:path';
import { interleaved, median, medianRatio } from '../statistics.mjs';
import { LongInstance, TURN } from './long-instance.mjs';
import { onPostgres, onSqlite, Waiting } from './waiting.mjs';

const FEW = 1_000;
const MANY = 1_000_000;
const EVENTS = 100_000;
const THOUSAND = 1_000;
/** How long it may take to make many, and then to send the events of one, in a run of full length. */
const PATIENCE_MS = 90_000;
const CLAIMS = 100;
const ROUNDS = 40;

export async function measure({ seconds, dir, host }) {
  const scale = Math.min(1, seconds / 2);
  const server = await host.postgres();
  const stores = [
    {
      name: 'SQLite',
      few: onSqlite(join(dir, 'few.db')),
      many: onSqlite(join(dir, 'many.db')),
      long: `sqlite:${join(dir, 'long.db')}`,
    },
  ];
  if (server.absent === undefined)
    stores.push({
      name: 'PostgreSQL',
      few: onPostgres(server.url, 'few'),
      many: onPostgres(server.url, 'many'),
      long: `${server.url}?schema=long`,
    });
  const rows = [];
  for (const { name, few, many, long } of stores) {
    rows.push(...(await waiting(name, few, many, scale)), ...(await longest(name, long, scale)));
  }
  if (server.absent !== undefined) rows.push({ name: 'PostgreSQL', note: server.absent });
  return rows;
}

async function waiting(name, fewPlace, manyPlace, scale) {
  const giveUpAt = performance.now() + PATIENCE_MS * scale;
  const few = await Waiting.open(fewPlace, FEW, Number.POSITIVE_INFINITY);
  const many = await Waiting.open(manyPlace, MANY * scale, giveUpAt);
  const shown = many.count.toLocaleString('en-US');
  const rates = await interleaved(
    {
      fewTogether: () => few.claims(CLAIMS, false),
      manyTogether: () => many.claims(CLAIMS, false),
      fewSpread: () => few.claims(CLAIMS, true),
      manySpread: () => many.claims(CLAIMS, true),
    },
    { rounds: ROUNDS, warm: 3 },
  );
  const bytes = await many.bytesEach();
  await few.close();
  await many.close();
  const fewShown = FEW.toLocaleString('en-US');
  const claims = (which, key) => {
    const [own, other] = [rates[`many${key}`], rates[`few${key}`]];
    const rate = (what, values) => ({
      value: median(values),
      unit: 'claims/s',
      name: `${name}: ${which}, ${what} wait`,
    });
    const note = `${CLAIMS} at a time; this / at ${fewShown}, aim 0.8`;
    return [rate(fewShown, other), { ...rate(shown, own), ratio: medianRatio(own, other), note }];
  };
  return [
    {
      name: `${name}: bytes of a waiting instance`,
      value: bytes,
      unit: 'bytes',
      note: `of ${shown}, each with a timer and a state of 51 bytes, indexes included`,
    },
    ...claims('claims of neighbours', 'Together'),
    ...claims('claims spread out', 'Spread'),
  ];
}

/** The last thousand beside the first of another instance, turn by turn, so that both have the same disk. */
async function longest(name, url, scale) {
  const giveUpAt = performance.now() + PATIENCE_MS * scale;
  const instances = await LongInstance.open(url);
  await instances.create('long');
  await instances.create('fresh');
  let events = 0;
  while (events < EVENTS * scale - THOUSAND && performance.now() < giveUpAt) {
    await instances.events('long');
    events += TURN;
  }
  const turn = (id) => async () => ({ count: TURN, ms: await instances.events(id) });
  const rates = await interleaved({ first: turn('fresh'), last: turn('long') }, { rounds: THOUSAND / TURN });
  await instances.close();
  const shown = (events + THOUSAND).toLocaleString('en-US');
  return [
    {
      name: `${name}: the first thousand events`,
      value: median(rates.first),
      unit: 'events/s',
      note: `${TURN} a turn`,
    },
    {
      name: `${name}: the last thousand of ${shown}`,
      value: median(rates.last),
      unit: 'events/s',
      ratio: 1 / medianRatio(rates.last, rates.first),
      note: 'cost of this / of the first, aim at most 1.25',
    },
  ];
}
