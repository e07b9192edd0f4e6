// BullMQ in a process of its own: a queue is filled, and then emptied by one worker.
import { Queue, Worker } from 'bullmq';
import { serve } from './child.mjs';

const PORTION = 1_000;

await serve(async () => {
  const [host, port] = process.argv.slice(2);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  let rounds = 0;
  return {
    async answer({ jobs, concurrency }) {
      rounds += 1;
      const name = `bench${rounds}`;
      const queue = new Queue(name, { connection });
      for (let first = 0; first < jobs; first += PORTION) {
        const portion = Array.from({ length: Math.min(PORTION, jobs - first) }, (_, n) => ({
          name: 'work',
          data: { n: first + n },
        }));
        await queue.addBulk(portion);
      }
      const worker = new Worker(name, async ({ data }) => ({ n: data.n }), {
        connection,
        concurrency,
        autorun: false,
      });
      await worker.waitUntilReady();
      let left = jobs;
      const emptied = new Promise((resolve, reject) => {
        worker.on('completed', () => {
          left -= 1;
          if (left === 0) resolve();
        });
        worker.on('failed', (_, error) => reject(error));
      });
      const began = performance.now();
      worker.run();
      await emptied;
      const ms = performance.now() - began;
      await worker.close();
      await queue.close();
      return { count: jobs, ms };
    },
  };
});
