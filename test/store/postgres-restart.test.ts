import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refused } from '../../src/core/problem.js';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.js';
import type { Store } from '../../src/store/store.js';
import {
  born,
  claim,
  commitAll,
  commitOf,
  newInstance,
  signal,
} from '../../src/testing/store-suite/fixture.js';
import {
  createServer,
  killServer,
  removeServer,
  type ServerPlace,
  startServer,
} from '../services/postgres-server.js';

const RESTARTS = 3;

// A server of this file's own, since it is killed; a given one is left alone.
const given = process.env['POSTGRES_TEST_URL'];
const server: ServerPlace | string =
  given === undefined || given === ''
    ? await createServer().catch((error: unknown) => `none starts: ${error}`.slice(0, 200))
    : 'POSTGRES_TEST_URL names one that is not ours to kill';

if (typeof server === 'string') {
  describe(`a PostgreSQL server that is killed (${server})`, () => {
    it.skip('loses nothing that was acknowledged');
  });
} else {
  afterAll(() => removeServer(server));
  killed(server);
}

function killed(server: ServerPlace): void {
  describe('a PostgreSQL server that is killed', () => {
    let store: Store;

    beforeAll(async () => {
      store = await openPostgresStore({ url: server.url, poolTimeoutMs: 5_000 });
    });
    afterAll(() => store.close());

    it('fails the calls under way as a store does that is away, and serves again once it is back', async () => {
      await born(store, 'a');
      for (let restart = 0; restart < RESTARTS; restart++) {
        const calls = Array.from({ length: 30 }, (_, n) => store.send([signal('a', `${restart}-${n}`)]));
        const reads = Array.from({ length: 30 }, () => store.read('a'));
        const outcomes = Promise.allSettled([...calls, ...reads]);
        await killServer(server);
        for (const outcome of await outcomes) {
          if (outcome.status === 'rejected') expect(storeCode(outcome.reason)).toMatch(/^store-/);
        }
        await expect(store.read('a').catch((error: unknown) => storeCode(error))).resolves.toBe(
          'store-unreachable',
        );
        await startServer(server);
        expect((await store.read('a'))?.instance.id).toBe('a');
      }
    });

    it('has everything that was acknowledged before, each event once', async () => {
      await store.create([newInstance('b')]);
      const acknowledged: string[] = [];
      let n = 0;
      for (let restart = 0; restart < RESTARTS; restart++) {
        const sending = (async () => {
          while (true) {
            const id = `e${n++}`;
            await store.send([signal('b', id)]);
            acknowledged.push(id);
          }
        })().catch((error: unknown) => storeCode(error));
        while (acknowledged.length < 20 * (restart + 1))
          await new Promise((resolve) => setTimeout(resolve, 5));
        await killServer(server);
        expect(await sending).toMatch(/^store-/);
        await startServer(server);
        // The last one is not known to be there: sent again it is, and once.
        expect(['accepted', 'duplicate']).toContain((await store.send([signal('b', `e${n - 1}`)]))[0]);
        acknowledged.push(`e${n - 1}`);
      }
      const waiting = (await store.messages('b')).map(({ id }) => id);
      expect(waiting).toEqual(['start', ...acknowledged]);
    });

    it('writes a commit whose answer was lost once, however often it is made', async () => {
      await store.create([newInstance('c', { definition: 'hash-of-c' })]);
      const [lease] = await claim(store, 1, ['hash-of-c']);
      if (lease === undefined) throw new Error('nothing to claim');
      const commit = commitOf(lease, lease.load);
      // A claim may be lost with the server, as if its lease had run out; not once something later was kept.
      await store.send([signal('a', 'flush')]);
      const [outcome] = await Promise.allSettled([store.commit([commit]), killServer(server)]);
      await startServer(server);
      const again = await commitAll(store, [commit]);
      const revision = (await store.read('c'))?.instance.revision;
      expect(revision).toBe(1);
      // Whether the first was written or not, the second says so by what it finds.
      if (outcome.status === 'fulfilled') expect(again).toEqual(['conflict']);
      expect((await store.journal('c', {})).items).toHaveLength(1);
    });
  });
}

function storeCode(error: unknown): string {
  return error instanceof Refused ? error.code : `not refused: ${String(error)}`;
}
