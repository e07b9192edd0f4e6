// Commits a second on one SQLite file, beside a bare loop of prepared statements that writes the same rows.
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../dist/store/sqlite/connect.js';
import { openSqliteStore } from '../dist/store/sqlite/sqlite-store.js';

const INSTANCES = 1_000;
const GROUP = 100;
/** Commits of one round that are made one by one. */
const SINGLES = 10;
const DEFINITION = 'bench';
const STATE = JSON.stringify({ value: 'waiting', context: { note: 'x'.repeat(800) } });
const EVENT = JSON.stringify({ type: 'signal', name: 'tick', data: { quantity: 3 } });
const HISTORY = JSON.stringify([{ type: 'transition', data: { from: 'waiting', to: 'waiting' } }]);

/** Every variant in turn, round by round, so that a slow minute of the disk is shared by all. */
export async function measure({ seconds, dir }) {
  const store = await openBenchStore(join(dir, 'store.db'));
  const bare = await openBare(join(dir, 'bare.db'));
  const variants = {
    bare100: () => timed(GROUP, bare.prepared(GROUP), (rows) => bare.write(rows)),
    store100: async () => timed(GROUP, await store.prepared(GROUP), (commits) => store.commit(commits)),
    calls100: async () =>
      timed(GROUP, await store.prepared(GROUP), (commits) =>
        Promise.all(commits.map((commit) => store.commit([commit]))),
      ),
    turn100: async () => {
      await store.send(GROUP);
      return timed(GROUP, GROUP, (count) => store.turn(count));
    },
    bare1: () =>
      timed(SINGLES, bare.prepared(SINGLES), (rows) => {
        for (const row of rows) bare.write([row]);
      }),
    store1: async () =>
      timed(SINGLES, await store.prepared(SINGLES), async (commits) => {
        for (const commit of commits) await store.commit([commit]);
      }),
  };
  const spent = new Map(Object.keys(variants).map((name) => [name, { commits: 0, ms: 0 }]));
  const flushes = { commits: 0, ms: 0 };
  const end = performance.now() + seconds * 4_000;
  for (let round = 0; performance.now() < end; round++) {
    for (const [name, variant] of Object.entries(variants)) {
      const { commits, ms } = await variant();
      // The first rounds warm the caches and the compiler up.
      if (round < 3) continue;
      spent.get(name).commits += commits;
      spent.get(name).ms += ms;
    }
    const { commits, ms } = flush(join(dir, 'flush'));
    flushes.commits += commits;
    flushes.ms += ms;
  }
  await store.close();
  const rate = ({ commits, ms }) => (commits / ms) * 1_000;
  const of = (name) => rate(spent.get(name));
  const row = (name, key, ratio, note = '') => ({ name, value: of(key), unit: 'commits/s', ratio, note });
  return [
    { name: 'fdatasync after a write of 4 kB', value: rate(flushes), unit: 'flushes/s' },
    row('bare loop, 100 a transaction', 'bare100', undefined, `${bare.rows} rows a commit, ${bare.driver}`),
    row(
      'store.commit, 100 in one call',
      'store100',
      of('bare100') / of('store100'),
      'bare loop / this, at 100',
    ),
    row(
      'store.commit, 100 calls at once',
      'calls100',
      of('bare100') / of('calls100'),
      'bare loop / this, at 100',
    ),
    row('bare loop, 1 a transaction', 'bare1'),
    row('store.commit, one after the other', 'store1', of('bare1') / of('store1'), 'bare loop / this, at 1'),
    row('grouped over single', 'store100', of('store100') / of('store1'), 'store.commit at 100 / at 1'),
    row(
      'claim, load and commit, 100 at once',
      'turn100',
      of('bare100') / of('turn100'),
      'bare loop / this, at 100',
    ),
  ];
}

async function timed(commits, input, work) {
  const began = performance.now();
  await work(await input);
  return { commits, ms: performance.now() - began };
}

function flush(path) {
  const file = openSync(path, 'a');
  const page = Buffer.alloc(4_096, 1);
  const began = performance.now();
  for (let n = 0; n < SINGLES; n++) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  const ms = performance.now() - began;
  closeSync(file);
  return { commits: SINGLES, ms };
}

/** Instances that each take one event a commit. */
async function openBenchStore(path) {
  const store = await openSqliteStore({ path });
  await createInstances(store);
  let sent = 0;
  const send = (count) =>
    store.send(
      Array.from({ length: count }, () => {
        sent += 1;
        return { id: `e${sent}`, to: `i${sent % INSTANCES}`, event: EVENT, hash: 'h' };
      }),
    );
  const claim = (count) =>
    store.claim({ worker: 'bench', limit: count, leaseMs: 60_000, definitions: [DEFINITION] });
  const commitsFor = async (leases) =>
    (await store.load(leases, 10)).map((loaded, n) => commitOf(leases[n], loaded));
  return {
    send,
    async prepared(count) {
      await send(count);
      return commitsFor(await claim(count));
    },
    async commit(commits) {
      const results = await store.commit(commits);
      if (!results.every((result) => result === 'committed')) throw new Error(`not committed: ${results}`);
    },
    async turn(count) {
      await this.commit(await commitsFor(await claim(count)));
    },
    close: () => store.close(),
  };
}

async function createInstances(store) {
  const ids = Array.from({ length: INSTANCES }, (_, n) => `i${n}`);
  await store.create(
    ids.map((id) => ({
      id,
      machine: 'bench',
      definition: DEFINITION,
      inputHash: 'h',
      start: { id: 'start', to: id, event: EVENT },
    })),
  );
  const leases = await store.claim({
    worker: 'w',
    limit: INSTANCES,
    leaseMs: 60_000,
    definitions: [DEFINITION],
  });
  await store.commit((await store.load(leases, 10)).map((loaded, n) => commitOf(leases[n], loaded)));
}

function commitOf(lease, { instance, messages, now }) {
  const folded = messages.map(({ seq }, n) => ({
    seq,
    revision: instance.revision + n + 1,
    at: now,
    outcome: { kind: 'applied' },
    history: HISTORY,
    code: '',
  }));
  return {
    lease,
    baseRevision: instance.revision,
    revision: instance.revision + messages.length,
    status: 'running',
    state: STATE,
    updatedAt: now,
    folded,
    timers: [],
    cancelledTimers: [],
    jobs: [],
    cancelledJobs: [],
    messages: [],
    spawns: [],
  };
}

/** The same tables, and the same rows of a commit, by hand: nothing is checked, nothing is asked. */
async function openBare(path) {
  const empty = await openSqliteStore({ path });
  await createInstances(empty);
  await empty.close();
  const connection = connect(path);
  for (const pragma of ['synchronous = FULL', 'cache_size = -32768', 'wal_autocheckpoint = 4000']) {
    connection.exec(`PRAGMA ${pragma}`);
  }
  const send = connection.prepare(
    "INSERT INTO message (id, recipient, due_at, event, seed, cause, hops, timer) VALUES (?, ?, ?, ?, 'seed', '', 0, 0) RETURNING seq",
  );
  const wake = connection.prepare(
    'UPDATE mailbox SET token = ?, worker = ?, next_due_at = ?, wake_at = ?, attempts = 1 WHERE instance = ?',
  );
  const statements = [
    connection.prepare('UPDATE instance SET revision = ?, state = ?, updated_at = ? WHERE id = ?'),
    connection.prepare(
      "INSERT INTO journal (instance, revision, event_id, at, seed, event, outcome, history, code) VALUES (?, ?, ?, ?, 'seed', ?, ?, ?, ?)",
    ),
    connection.prepare('DELETE FROM message WHERE seq = ?'),
    connection.prepare(
      'UPDATE mailbox SET token = ?, worker = ?, lease_until = ?, attempts = ?, problem = ?, next_due_at = ?, wake_at = ? WHERE instance = ?',
    ),
  ];
  let made = 0;
  return {
    rows: statements.length,
    driver: connection.driver,
    /** Messages that wait in held mailboxes, and the values that a commit of each writes. */
    prepared(count) {
      connection.exec('BEGIN IMMEDIATE');
      const rows = Array.from({ length: count }, () => {
        made += 1;
        const [id, instance, now] = [`e${made}`, `i${made % INSTANCES}`, Date.now()];
        const revision = 2 + Math.floor(made / INSTANCES);
        const [[seq]] = send.all([id, instance, now, EVENT]);
        wake.run(['token', 'bench', now, now + 60_000, instance]);
        return [
          [revision, STATE, now, instance],
          [instance, revision, id, now, EVENT, null, HISTORY, ''],
          [seq],
          [null, null, 0, 0, null, null, null, instance],
        ];
      });
      connection.exec('COMMIT');
      return rows;
    },
    write(rows) {
      connection.exec('BEGIN IMMEDIATE');
      for (const row of rows) {
        for (const [n, values] of row.entries()) {
          if (statements[n].run(values) !== 1) throw new Error(`statement ${n} changed nothing`);
        }
      }
      connection.exec('COMMIT');
    },
  };
}
