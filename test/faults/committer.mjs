// Commits through a real store until it is killed, several commits at a time, and says on stdout what was
// answered: `sent 17 4096` or `committed 17 4096`, the number of the event and how long the write-ahead log was
// then. It begins when it is told where and with which number, so that it can be started ahead of time.

import { statSync, writeSync } from 'node:fs';
import { openStore } from '../../dist/embed/store-url.js';
import { connect } from '../../dist/store/sqlite/connect.js';
import { commitOf, DEFINITION, newInstance, newJob, signal } from '../../dist/testing/store-suite/fixture.js';

/** Instances, each with one event a round. */
const WIDTH = 8;

// Loads what is native before it is needed.
connect(':memory:').close();
process.once('message', ({ url, next }) => work(url, next));

async function work(url, first) {
  const { store, identity } = await openStore(url);
  const log = `${url.slice('sqlite:'.length)}-wal`;
  const tell = (what, number) => writeSync(1, `${what} ${number} ${statSync(log).size}\n`);
  const ids = Array.from({ length: WIDTH }, (_, index) => `i${index}`);
  await store.create(ids.map((id) => newInstance(id)));
  for (let next = first; ; next += WIDTH) {
    const sends = ids.map(async (id, index) => {
      await store.send([signal(id, `n${next + index}`)]);
      tell('sent', next + index);
    });
    await Promise.all(sends);
    const query = {
      worker: identity,
      limit: WIDTH,
      leaseMs: 60_000,
      definitions: [DEFINITION],
      messages: 100,
    };
    const claims = await store.claim(query);
    const commits = claims.map(async ({ load, ...claim }) => {
      const plain = commitOf(claim, load);
      const jobs = plain.folded.map(({ revision }) => newJob(claim.instance, `${revision}.0`, load.now));
      const { results } = await store.commit([{ ...plain, jobs }]);
      const [result] = results;
      if (result !== 'committed') throw new Error(`${claim.instance}: ${result}`);
      for (const { id } of load.messages) if (id !== 'start') tell('committed', Number(id.slice(1)));
    });
    await Promise.all(commits);
  }
}
