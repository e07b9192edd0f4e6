// DBOS in a process of its own: workflows of five steps, on a database of its own on the same server.
import { DBOS } from '@dbos-inc/dbos-sdk';
import { serve } from './child.mjs';

await serve(async () => {
  const [url, connections] = process.argv.slice(2);
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: url,
    systemDatabasePoolSize: Number(connections),
    logLevel: 'error',
  });
  const workflow = DBOS.registerWorkflow(
    async () => {
      let n = 0;
      for (const name of ['task1', 'task2', 'task3', 'task4', 'task5'])
        n = await DBOS.runStep(async () => n + 1, { name });
      return n;
    },
    { name: 'fiveSteps' },
  );
  await DBOS.launch();
  return {
    async answer({ concurrency, seconds }) {
      const began = performance.now();
      const end = began + seconds * 1_000;
      let count = 0;
      const lane = async () => {
        while (performance.now() < end) {
          if ((await workflow()) !== 5) throw new Error('a workflow has not run its steps');
          count += 1;
        }
      };
      await Promise.all(Array.from({ length: concurrency }, lane));
      return { count, ms: performance.now() - began };
    },
    stop: () => DBOS.shutdown(),
  };
});
