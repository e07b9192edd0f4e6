// How long an event written by one process takes to reach the worker of another, on one SQLite file.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { openEngine } from '../dist/embed/engine.js';

const EVENTS = 100;
const counter = {
  id: 'counter',
  initial: 'on',
  context: { n: 0 },
  states: { on: { on: { tick: { assign: { n: '{% context.n + 1 %}' } } } } },
};

/** From just before `send` to the stamp that the other process's turn gave the event. */
export async function measure({ dir }) {
  const db = `sqlite:${join(dir, 'latency.db')}`;
  const worker = fork(import.meta.filename, [db], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
  });
  const engine = await openEngine({ db, worker: false });
  const reached = [];
  const seen = [];
  try {
    await engine.create('counter', { id: 'c', wait: '10s' });
    for (let i = 0; i < EVENTS; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 60));
      const sentAt = Date.now();
      const began = performance.now();
      const { applied } = await engine.send('c', { type: 'tick' }, { wait: '10s' });
      seen.push(performance.now() - began);
      const { items } = await engine.history('c', { limit: 1, after: String(applied.revision - 1) });
      reached.push(items[0].at - sentAt);
    }
  } finally {
    await engine.close();
    worker.kill('SIGTERM');
  }
  const row = (name, values, p) => ({
    name,
    value: percentile(values, p),
    unit: 'ms',
    note: `of ${values.length} events`,
  });
  return [
    row('reaches the other process, median', reached, 0.5),
    row('reaches the other process, p99', reached, 0.99),
    row('sent, applied there and seen here, median', seen, 0.5),
  ];
}

function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
}

if (process.send !== undefined && process.argv[2] !== undefined) {
  const engine = await openEngine({ db: process.argv[2], definitions: [counter] });
  process.on('SIGTERM', () => void engine.close().then(() => process.exit(0)));
  process.on('disconnect', () => process.exit(0));
  process.send('ready');
}
