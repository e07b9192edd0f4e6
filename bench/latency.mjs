// How long an event takes that nothing else keeps waiting, from its acceptance to its transition.
import { join } from 'node:path';
import { startChild } from './durable/child.mjs';
import { observed } from './durable/observed-store.mjs';
import { counter, engineOn, openStore } from './durable/open-engine.mjs';
import { percentile } from './statistics.mjs';

const EVENTS = 100;

export async function measure({ dir }) {
  const { reached, seen } = await latencies(`sqlite:${join(dir, 'latency.db')}`, {
    elsewhere: true,
    events: EVENTS,
  });
  return [
    row('accepted to applied in the other process, median', reached, 0.5),
    row('accepted to applied in the other process, p99', reached, 0.99),
    row('sent, applied there and seen here, median', seen, 0.5),
  ];
}

/**
 * Milliseconds of each of `events`, sent one after the other with pauses: `reached` from the moment when it is
 * durable to the moment when its transition is, here or in a process `elsewhere`; `seen` from the call to its
 * answer, which says that it was applied.
 */
export async function latencies(url, { elsewhere, events }) {
  let sentAt = 0;
  const appliedAt = [];
  const store = observed(await openStore(url), {
    onSent: () => {
      sentAt = milliseconds();
    },
    onCommits: () => appliedAt.push(milliseconds()),
  });
  const engine = engineOn(store, { works: !elsewhere });
  await engine.publish(counter);
  const child = elsewhere
    ? await startChild(join(import.meta.dirname, 'durable', 'latency-worker.mjs'), [url])
    : undefined;
  const applied = async () => (child === undefined ? appliedAt.splice(0) : child.ask('applied'));
  const reached = [];
  const seen = [];
  try {
    await engine.create(counter.machine, { id: 'c', wait: '10s' });
    await applied();
    for (let n = 0; n < events; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 60));
      const began = milliseconds();
      const receipt = await engine.send('c', { type: 'tick' }, { wait: '10s' });
      if (receipt.applied === undefined) throw new Error(`event ${n} was not applied in 10 s`);
      seen.push(milliseconds() - began);
      const times = await applied();
      if (times.length !== 1) throw new Error(`event ${n} was applied by ${times.length} commits`);
      reached.push(times[0] - sentAt);
    }
  } finally {
    await engine.close();
    await child?.stop();
  }
  return { reached, seen };
}

/** By a clock that all processes of a machine share. */
export function milliseconds() {
  return Number(process.hrtime.bigint()) / 1e6;
}

function row(name, values, p) {
  return { name, value: percentile(values, p), unit: 'ms', note: `of ${values.length} events` };
}
