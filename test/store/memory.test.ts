import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { describeStore, testClock } from './store-suite.js';

describeStore('the memory store', [], async () => {
  const clock = testClock();
  const store = openMemoryStore({ clock: clock.now });
  return { harness: { store, clock }, close: () => store.close() };
});
