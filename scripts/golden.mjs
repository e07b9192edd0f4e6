// Makes the golden files of a release, once: a SQLite file as that release writes it, and what everything in it
// reads as and comes to. Run it with the built checkout of the release, this one unless another is named:
//
//   node scripts/golden.mjs [checkout]
//
// It writes test/golden/<version>/; test/golden/golden.test.ts holds every later release against it.

import { fork } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { continueAll } from '../test/golden/continuation.mjs';
import { earlyHandlers, handlers } from '../test/golden/handlers.mjs';
import { publications } from './golden-machines.mjs';

const DAY_MS = 86_400_000;

const checkout = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const dist = join(checkout, 'dist');
const from = (path) => import(join(dist, path));
const { DurableEngine } = await from('runtime/engine.js');
const { Registry } = await from('runtime/registry.js');
const { systemClock } = await from('runtime/clock.js');
const { LANGUAGES } = await from('embed/languages.js');
const { openSqliteStore } = await from('store/sqlite/sqlite-store.js');
const { workerIdentity } = await from('store/sqlite/worker-identity.js');
const { connect } = await from('store/sqlite/connect.js');
const journal = await from('core/journal.js');

/** A clock that begins at a time and may be put forward. */
function clockAt(time) {
  const began = Date.now();
  let offset = 0;
  return {
    now: () => time + offset + (Date.now() - began),
    jump: (ms) => {
      offset += ms;
    },
  };
}

async function open(path, clock, works, known) {
  const store = await openSqliteStore({ path, clock: clock.now });
  const registry = new Registry({ languages: LANGUAGES, handlers: known });
  const engine = new DurableEngine({
    store,
    registry,
    clock: systemClock,
    identity: workerIdentity(),
    works,
  });
  for (const publication of publications) await engine.publish(publication);
  return { store, engine };
}

/** Payloads that have been lost, bent or refused by one store or another. */
const ODD = [
  null,
  '',
  'Übergrößenträger, 漢字, עברית, 👩‍👩‍👧‍👦',
  'a\u0000b',
  'half a pair: \ud800 and \udfff',
  '\u2028\u2029\ufeff\u001f\u007f',
  '1e400',
  '12345678901234567890',
  {
    number: Number('12345678901234567890'),
    huge: 1.7976931348623157e308,
    tiny: 5e-324,
    zero: -0,
    tenth: 0.1,
  },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":"x","toString":1,"hasOwnProperty":null}'),
  { '': 1, 'a/b~c': 2, '\u0000': 3, 10: 4, 9: 5, b: 6, a: 7 },
  [[], {}, [[[[[]]]]], [null, true, false]],
  "Robert'); DROP TABLE instance;--",
  '{% 1 + 1 %}',
  '\\ \\u0000 %s $1 ?1 :x @y',
];

/** Letters to nobody, two days old, and long histories. */
async function writeOld(path, clock, receipts) {
  const { engine } = await open(path, clock, true, earlyHandlers);
  for (let i = 0; i < 5; i++) {
    await engine.create('relay', { id: `sender-${i}`, wait: '30s' });
    const event = { type: 'PASS', data: { to: `nobody-${i}`, hop: i }, id: 'letter' };
    await engine.send(`sender-${i}`, event, { wait: '30s' });
    receipts.push({ instance: `sender-${i}`, event, other: { ...event, data: null } });
  }
  for (const [i, count] of [300, 256, 255, 100, 17, 2].entries()) {
    await engine.create('keeper', { id: `long-${count}`, wait: '30s' });
    for (let n = 1; n < count; n++)
      await engine.send(`long-${count}`, { type: 'COUNT', data: i, id: `n-${n}` });
    receipts.push({
      instance: `long-${count}`,
      event: { type: 'COUNT', data: i, id: 'n-1' },
      other: { type: 'KEEP', data: i, id: 'n-1' },
    });
  }
  await settle(engine, clock);
  await engine.close();
}

const IDS = ['__proto__', 'constructor', "o'brien", 'a b', '%', 'größe-😀', 'x'.repeat(200), '-', '?#&'];

async function writeKeepers(engine, receipts) {
  for (const [i, data] of ODD.entries()) {
    const id = `odd-${i}`;
    await engine.create('keeper', { id, input: data });
    const event = { type: 'KEEP', data, id: `kept ${i} ü` };
    await engine.send(id, event);
    await engine.send(id, { type: 'COUNT' });
    receipts.push({ instance: id, event, other: { ...event, data: 'other' } });
  }
  for (const id of IDS) {
    await engine.create('keeper', { id, input: id });
    await engine.send(id, { type: 'KEEP', data: id, id });
    receipts.push({ instance: id, event: { type: 'KEEP', data: id, id }, other: { type: 'COUNT', id } });
  }
  const large = Array.from({ length: 30_000 }, (_, i) => `line ${i % 97}`).join('\n');
  await engine.create('keeper', { id: 'large-input', input: { large } });
  await engine.create('keeper', { id: 'large-event' });
  await engine.send('large-event', { type: 'KEEP', data: large, id: 'large' });
  await engine.create('brief', { id: 'large-workflow', input: { large: large.slice(0, 200_000) } });
  receipts.push({
    instance: 'large-event',
    event: { type: 'KEEP', data: large, id: 'large' },
    other: { type: 'KEEP', data: large.slice(1), id: 'large' },
  });
  for (let i = 0; i < 6; i++) {
    await engine.create('keeper', { id: `refusing-${i}` });
    await engine.send(`refusing-${i}`, { type: 'BROKEN', data: { word: 'ten' } });
    await engine.send(`refusing-${i}`, { type: 'UNHEARD', data: { of: i } });
    if (i % 2 === 0) await engine.send(`refusing-${i}`, { type: 'CLOSE' });
    await engine.send(`refusing-${i}`, { type: 'COUNT' });
  }
}

async function writeStatecharts(engine) {
  for (let i = 0; i < 20; i++) {
    await engine.create('turnstile', { id: `turnstile-${i}` });
    for (let n = 0; n < i; n++) await engine.send(`turnstile-${i}`, { type: n % 2 === 0 ? 'COIN' : 'PUSH' });
    await engine.create('order', { id: `order-${i}`, input: { total: i * 20 } });
    if (i % 3 > 0) await engine.send(`order-${i}`, { type: 'PAY', data: { amount: i * 10 } });
    if (i % 3 > 1) await engine.send(`order-${i}`, { type: 'PAY', data: { amount: i * 10 } });
    if (i % 5 === 0) await engine.send(`order-${i}`, { type: 'DELIVERED' });
    if (i % 7 === 1) await engine.send(`order-${i}`, { type: 'CANCEL' });
    await engine.create('asker', { id: `asker-${i}` });
    for (let n = 0; n < i % 4; n++) await engine.send(`asker-${i}`, { type: 'COUNT' });
    if (i % 6 === 5) await engine.send(`asker-${i}`, { type: 'LEAVE' });
    if (i % 10 === 9) await engine.stop(`asker-${i}`, { error: 'Enough', cause: 'of\u0000this' });
    await engine.create('stairs', { id: `stairs-${i}` });
    for (let n = 0; n < i % 5; n++) await engine.send(`stairs-${i}`, { type: 'COUNT' });
    if (i % 2 === 0) await engine.send(`stairs-${i}`, { type: 'UP' });
    if (i % 4 === 0) await engine.send(`stairs-${i}`, { type: 'DOWN' });
  }
  for (let i = 0; i < 8; i++) {
    await engine.create('waiter', { id: `waiter-${i}` });
    await engine.create('frail', { id: `frail-${i}` });
    await engine.create('relay', { id: `relay-${i}` });
    await engine.create('drawn', { id: `drawn-${i}` });
    await engine.create('dice', { id: `dice-${i}` });
    for (let n = 0; n < i; n++) await engine.send(`dice-${i}`, { type: 'ROLL' });
  }
  for (let i = 0; i < 8; i++) {
    const data = { to: `relay-${(i + 1) % 8}`, hop: i };
    await engine.send(`relay-${i}`, { type: 'PASS', data, id: 'pass' });
  }
}

async function writeWorkflows(engine) {
  for (let i = 0; i < 12; i++) {
    const plan = i % 2 === 0 ? 'business' : 'free';
    await engine.create('onboarding', { id: `onboarding-${i}`, input: { plan, failures: [0, 1, 9][i % 3] } });
    await engine.create('line', { id: `line-${i}`, input: { n: i, nap: i % 2 === 0 ? 0 : 300 } });
    await engine.create('reckoning', {
      id: `reckoning-${i}`,
      input: { prices: [i, 0.1, 0.2], names: ['ä', '\u0000'] },
    });
    await engine.create('hasty', { id: `hasty-${i}` });
    await engine.create('brief', { id: `brief-${i}`, input: { i } });
    await engine.create('fallible', { id: `fallible-${i}`, input: { i } });
    if (i % 6 === 5) await engine.stop(`line-${i}`);
  }
}

/** Waits until nothing is due that this process can do. */
async function settle(engine, clock) {
  for (let quiet = 0; quiet < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { items } = await engine.list({ status: 'running', limit: 1_000 });
    const jobs = (await engine.jobs({ status: 'pending', limit: 1_000 })).items;
    const due = items.some(({ nextDueAt }) => nextDueAt !== undefined && nextDueAt <= clock.now());
    quiet = due || jobs.some(({ name }) => Object.hasOwn(earlyHandlers, name)) ? 0 : quiet + 1;
  }
}

/** What a worker that dies would leave: parked mailboxes, held ones, held jobs, and what came since. */
async function leaveAlone(path, clock, receipts) {
  const { store, engine } = await open(path, clock, false, {});
  const claim = async (limit, ...machines) => {
    const versions = (await store.definitions()).filter(({ machine }) => machines.includes(machine));
    const definitions = versions.map(({ hash }) => hash);
    return store.claim({ worker: workerIdentity(), limit, leaseMs: 2_000, definitions, messages: 100 });
  };
  for (let i = 0; i < 6; i++) {
    await engine.create('keeper', { id: `parked-${i}` });
    for (let attempt = 0; attempt < 6; attempt++) {
      const problem = { code: 'step-failed', message: `the step threw Error: ${attempt} \u0000ü`, path: '' };
      const releases = (await claim(100, 'keeper')).map((lease) => ({ ...lease, giveBack: false, problem }));
      await store.release(releases);
    }
    if ((await engine.read(`parked-${i}`)).parked === undefined) throw new Error(`parked-${i} is not parked`);
  }
  await engine.send('parked-5', { type: 'COUNT', id: 'while-parked' });
  for (let i = 0; i < 10; i++) {
    await engine.create('keeper', { id: `held-${i}`, input: i });
    await engine.create('reckoning', { id: `held-workflow-${i}`, input: { prices: [i], names: [] } });
  }
  if ((await claim(20, 'keeper', 'reckoning')).length < 20) throw new Error('nothing could be claimed');
  for (let i = 0; i < 12; i++) {
    await engine.create('turnstile', { id: `unstepped-${i}` });
    const event = { type: 'COIN', id: `coin ${i}` };
    await engine.send(`unstepped-${i}`, event);
    receipts.push({ instance: `unstepped-${i}`, event, other: { ...event, data: { false: true } } });
    await engine.send(`order-${i}`, { type: 'PAY', data: { amount: 1_000 }, id: 'late payment' });
  }
  const query = { worker: workerIdentity(), leaseMs: 2_000, names: ['held'] };
  if ((await store.claimJobs({ ...query, limit: 12 })).length !== 12)
    throw new Error('no jobs could be claimed');
}

async function everything(path, clock, receipts) {
  const copy = `${path}.read`;
  copyFileSync(path, copy);
  const { store, engine } = await open(copy, clock, false, {});
  const instances = [];
  for (let after; ; ) {
    const page = await engine.list({ limit: 1_000, ...(after === undefined ? {} : { after }) });
    for (const { lag: _, ...view } of page.items) instances.push(await reading(store, engine, view));
    after = page.next;
    if (after === undefined) break;
  }
  const letters = [];
  for (let i = 0; i < 5; i++) letters.push(...(await store.messages(`nobody-${i}`)));
  // What is due is a matter of the moment.
  const { dueMessages: _, ...counts } = await store.counts();
  const definitions = await store.definitions();
  await engine.close();
  return { madeAt: clock.now(), definitions, counts, letters, receipts, instances };
}

async function reading(store, engine, view) {
  const { items: entries } = await store.journal(view.id, { limit: 1_000 });
  return {
    id: view.id,
    view,
    state: (await store.read(view.id)).instance.state,
    history: (await engine.history(view.id, { limit: 1_000 })).items,
    journal: entries.map((entry) => ({
      event: journal.eventOf?.(entry) ?? JSON.parse(entry.event),
      outcome: entry.outcome,
    })),
    messages: await store.messages(view.id),
    jobs: (await engine.jobs({ instance: view.id, limit: 1_000 })).items,
  };
}

/** In a process of its own, which dies as it stands, so that the file is that of a process that died. */
async function write(path) {
  const receipts = [];
  const clock = clockAt(Date.now() - 2 * DAY_MS);
  await writeOld(path, clock, receipts);
  clock.jump(2 * DAY_MS);
  const { store, engine } = await open(path, clock, true, earlyHandlers);
  while ((await store.counts()).parked < 5) await store.expire(100);
  await writeKeepers(engine, receipts);
  await writeStatecharts(engine);
  await writeWorkflows(engine);
  await settle(engine, clock);
  clock.jump(120_000);
  await settle(engine, clock);
  // Some that have a timer before them which no jump has passed.
  for (let i = 0; i < 6; i++) {
    await engine.create('turnstile', { id: `ticking-${i}` });
    await engine.send(`ticking-${i}`, { type: 'COIN' }, { wait: '30s' });
  }
  await engine.close();
  await leaveAlone(path, clock, receipts);
  await new Promise((resolve) => process.send({ now: clock.now(), receipts }, resolve));
  process.kill(process.pid, 'SIGKILL');
}

async function make() {
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const folder = join(import.meta.dirname, '..', 'test', 'golden', version);
  const scratch = mkdtempSync(join(tmpdir(), 'detent-golden-'));
  const path = join(scratch, 'store.db');
  const child = fork(import.meta.filename, [checkout, path]);
  let told;
  child.once('message', (message) => {
    told = message;
  });
  await new Promise((resolve) => child.once('exit', resolve));
  if (told === undefined) throw new Error('the file could not be written');
  const connection = connect(path);
  connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([]);
  connection.close();
  const clock = clockAt(told.now);
  const made = await everything(path, clock, told.receipts);
  copyFileSync(path, `${path}.continued`);
  clock.jump(5_000);
  const { engine } = await open(`${path}.continued`, clock, true, handlers);
  made.continued = await continueAll(engine, clock, made);
  await engine.close();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'store.db.gz'), gzipSync(readFileSync(path), { level: 9 }));
  writeFileSync(join(folder, 'readings.json.gz'), gzipSync(JSON.stringify(made), { level: 9 }));
  rmSync(scratch, { recursive: true });
  const statuses = new Set(made.instances.map(({ view }) => view.status));
  console.log(`${folder}: ${made.instances.length} instances, ${[...statuses].join(', ')}`);
}

const path = process.argv[3];
if (path === undefined) await make();
else await write(path);
