// A store in a process of its own, which does what it is told: `{ id, url }` opens one, `{ id, method, args }`
// calls it. Answers `{ id, value }` or `{ id, error }`.

import { openStore } from '../../dist/embed/store-url.js';

let store;

process.on('message', async ({ id, url, method, args }) => {
  try {
    if (url === undefined) process.send({ id, value: await store[method](...args) });
    else {
      const opened = await openStore(url);
      store = opened.store;
      process.send({ id, value: opened.identity });
    }
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) });
  }
});

// The parent is gone.
process.once('disconnect', () => process.exit());
