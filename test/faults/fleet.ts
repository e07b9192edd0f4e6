import { join } from 'node:path';
import { expect } from 'vitest';
import { openEngine } from '../../src/embed/engine.js';
import { openStore } from '../../src/embed/store-url.js';
import { Counters } from './counters.js';
import { pause } from './dev-process.js';
import { WorkerProcess } from './worker-process.js';

const CLIENTS = 8;
const WORKERS = 4;

/** Between two events of a client, on the average: some hundreds a second together, and time for the workers. */
const PAUSE_MS = 15;

export interface FleetPlan {
  readonly url: string;
  readonly instances: number;
  readonly kills: number;
  /** Called with the process that was killed; answers how long others took to take over what it held, if anything. */
  readonly takeover?: (pid: number) => Promise<number | undefined>;
}

export interface FleetReport {
  readonly acknowledged: number;
  readonly killed: { readonly working: number; readonly both: number };
  readonly takeoversMs: readonly number[];
}

/**
 * Four workers under the load of eight clients, killed one after another: most often the process that works, now
 * and then with its supervisor. Every acknowledged event is applied exactly once.
 */
export async function killFleet(plan: FleetPlan): Promise<FleetReport> {
  const here = (file: string) => join(import.meta.dirname, file);
  const words = [here('trip.yaml'), '--handlers', here('handlers.mjs'), '--db', plan.url];
  const fleet = Array.from({ length: WORKERS }, () => new WorkerProcess(words));
  await fleet[0]?.start();
  await Promise.all(fleet.slice(1).map((worker) => worker.start()));
  const engine = await openEngine({ db: plan.url, worker: false });
  const counters = new Counters(engine);
  const killed = { working: 0, both: 0 };
  const takeoversMs: number[] = [];
  try {
    await counters.create(plan.instances);
    for (let n = 0; n < CLIENTS; n++) void counters.client(`client-${n}`, PAUSE_MS);
    const watched: Promise<void>[] = [];
    for (let kill = 0; kill < plan.kills; kill++) {
      await pause(Math.random() * 300);
      const worker = fleet[kill % WORKERS] as WorkerProcess;
      while (worker.working === undefined) await pause(20);
      const both = kill % 8 >= 6 || (plan.kills < 8 && kill % 2 === 1);
      const pid = both ? await worker.killBoth() : worker.killWorking();
      if (pid !== undefined) killed[both ? 'both' : 'working'] += 1;
      const takeover = pid === undefined ? undefined : plan.takeover?.(pid);
      watched.push(
        (async () => {
          const tookMs = await takeover;
          if (tookMs !== undefined) takeoversMs.push(tookMs);
        })(),
      );
      if (both) await worker.start();
      // Others must be there to take over: so of the last two kills, the first is over.
      await watched[kill - 1];
      const before = counters.acknowledged;
      while (counters.acknowledged < before + CLIENTS) await pause(20);
    }
    await Promise.all(watched);
    await counters.stop();
    const { store } = await openStore(plan.url);
    await counters.rest(store);
    await counters.inspect(store);
    await store.close();
  } finally {
    await engine.close();
    const codes = await Promise.all(fleet.map((worker) => worker.stop()));
    expect(codes, 'the workers drain and end with 0').toEqual(fleet.map(() => 0));
  }
  return { acknowledged: counters.acknowledged, killed, takeoversMs };
}
