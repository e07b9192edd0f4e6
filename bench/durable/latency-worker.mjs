// A worker in a process of its own, which tells when it has applied something.
import { milliseconds } from '../latency.mjs';
import { serve } from './child.mjs';
import { observed } from './observed-store.mjs';
import { counter, engineOn, openStore } from './open-engine.mjs';

await serve(async () => {
  const [url] = process.argv.slice(2);
  const appliedAt = [];
  const store = observed(await openStore(url), { onCommits: () => appliedAt.push(milliseconds()) });
  const engine = engineOn(store);
  await engine.publish(counter);
  return {
    answer: async () => appliedAt.splice(0),
    stop: () => engine.close(),
  };
});
