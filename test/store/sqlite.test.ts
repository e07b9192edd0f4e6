import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { describeStore, testClock } from './store-suite.js';

for (const driver of ['libsql'] as const) {
  describeStore(`the SQLite store on ${driver}`, ['second', 'crash', 'reference'], async () => {
    const folder = mkdtempSync(join(tmpdir(), 'detent-'));
    const clock = testClock();
    const opened: Store[] = [];
    let path = join(folder, '0.db');
    const open = async () => {
      const store = await openSqliteStore({ path, clock: clock.now, driver });
      opened.push(store);
      return store;
    };
    const crash = () => {
      const before = path;
      path = join(folder, `${opened.length}.db`);
      for (const suffix of ['', '-wal']) {
        if (existsSync(before + suffix)) copyFileSync(before + suffix, path + suffix);
      }
      return open();
    };
    const close = async () => {
      for (const store of opened) await store.close();
      rmSync(folder, { recursive: true });
    };
    return { harness: { store: await open(), clock, second: open, crash }, close };
  });
}
