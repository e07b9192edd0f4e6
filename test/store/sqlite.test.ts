import { copyFileSync, existsSync } from 'node:fs';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { availableDrivers, freshPath } from './sqlite-folder.js';
import { describeStore, testClock } from './store-suite.js';

for (const driver of availableDrivers()) {
  describeStore(`the SQLite store on ${driver}`, ['second', 'crash', 'reference'], async () => {
    const clock = testClock();
    const opened: Store[] = [];
    let path = freshPath();
    const open = async () => {
      const store = await openSqliteStore({ path, clock: clock.now, driver });
      opened.push(store);
      return store;
    };
    const crash = () => {
      const before = path;
      path = `${before}${opened.length}`;
      for (const suffix of ['', '-wal']) {
        if (existsSync(before + suffix)) copyFileSync(before + suffix, path + suffix);
      }
      return open();
    };
    const close = async () => {
      for (const store of opened) await store.close();
    };
    return { harness: { store: await open(), clock, second: open, crash }, close };
  });
}
