// Transitions a second on PostgreSQL, beside pgbench's TPC-B-like transactions on the same server.
import { Mailboxes } from '../mailboxes.mjs';
import { interleaved, median, medianRatio, spread } from '../statistics.mjs';
import { EndToEnd } from './end-to-end.mjs';
import { openStore } from './open-engine.mjs';

const CONNECTIONS = 8;
const GROUP = 100;
const SINGLES = 500;
const ROUNDS = 5;

export async function measure({ seconds, host }) {
  const server = await host.postgres();
  if (server.absent !== undefined) return [{ name: 'PostgreSQL', note: server.absent }];
  const scale = seconds < 1 ? 5 : 20;
  await server.pgbench?.init(scale);
  // As many batches for each worker as make a round long enough to be told from chance.
  const batches = Math.max(2, Math.round(6 * seconds));
  const batched = await Batched.open(server.url, batches);
  const endToEnd = await EndToEnd.open(`${server.url}?schema=end_to_end`, {
    connections: CONNECTIONS,
    events: Math.round(5_000 * seconds),
  });
  const pgbench = (clients) =>
    server.pgbench ? { [`pgbench${clients}`]: () => server.pgbench.run(clients, seconds) } : {};
  const rates = await interleaved(
    {
      ...pgbench(8),
      batched: () => batched.round(),
      endToEnd: () => endToEnd.round(),
      ...pgbench(1),
      single: () => batched.singles(SINGLES),
    },
    { rounds: ROUNDS, warm: 1 },
  );
  await batched.close();
  await endToEnd.close();
  const row = (name, key, theirs, note) => ({
    name,
    value: median(rates[key]),
    unit: key.startsWith('pgbench') ? 'tx/s' : 'events/s',
    ...(theirs && rates[theirs] ? { ratio: medianRatio(rates[key], rates[theirs]) } : {}),
    note: `${note}; rounds ${spread(rates[key])}`,
  });
  const peer = (clients) =>
    server.pgbench === undefined
      ? { name: `pgbench, ${clients} clients`, note: 'no pgbench (Debian: postgresql-contrib)' }
      : row(
          `pgbench TPC-B-like, ${clients} client${clients > 1 ? 's' : ''}`,
          `pgbench${clients}`,
          undefined,
          `scale ${scale}, -M prepared`,
        );
  return [
    { name: 'server', note: server.about },
    peer(8),
    row(
      `store.commit, ${CONNECTIONS} workers, ${GROUP} a batch`,
      'batched',
      'pgbench8',
      'this / pgbench at 8, aim 5',
    ),
    row(
      'end to end, 8 connections',
      'endToEnd',
      'pgbench8',
      'accept, claim, step, commit; this / pgbench at 8, aim 2',
    ),
    peer(1),
    row('store.commit, one at a time', 'single', 'pgbench1', '1 connection; this / pgbench at 1, aim 1'),
  ];
}

/** Workers that each have a store of one connection, as if each were a process of its own. */
class Batched {
  #mail;
  #stores;
  #count;

  static async open(url, batches) {
    const batched = new Batched();
    const place = `${url}?schema=batched`;
    batched.#stores = [];
    for (let n = 0; n < CONNECTIONS; n++) batched.#stores.push(await openStore(place, 1));
    batched.#count = batches * CONNECTIONS * GROUP;
    batched.#mail = new Mailboxes(batched.#stores[0], batched.#count);
    await batched.#mail.create();
    return batched;
  }

  /** Everything is sent and claimed before; what is timed is the commits. */
  async round() {
    await this.#mail.send(this.#count);
    const work = await Promise.all(this.#stores.map((store) => this.#claimed(store)));
    const commits = work.flat(2).length;
    const began = performance.now();
    await Promise.all(
      this.#stores.map(async (store, n) => {
        for (const batch of work[n]) await this.#mail.commit(batch, store);
      }),
    );
    return { count: commits, ms: performance.now() - began };
  }

  async #claimed(store) {
    const batches = [];
    while (true) {
      const leases = await this.#mail.claim(GROUP, store);
      if (leases.length === 0) return batches;
      batches.push(this.#mail.folded(leases));
    }
  }

  async singles(count) {
    const store = this.#stores[0];
    const commits = await this.#mail.prepared(count);
    const began = performance.now();
    for (const commit of commits) await this.#mail.commit([commit], store);
    return { count: commits.length, ms: performance.now() - began };
  }

  async close() {
    for (const store of this.#stores) await store.close();
  }
}
