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

/** How often it is looked who could be killed. */
const LOOK_MS = 5;

/** Who must be left to take over, and has worked since it was started. */
const OTHERS = 2;

export interface FleetPlan {
  readonly url: string;
  readonly instances: number;
  readonly kills: number;
  /** Answers the processes that hold a mailbox right now. */
  readonly holding: () => Promise<ReadonlySet<number>>;
  /** Called with the process that was killed; answers how others took over what it held, if anything. */
  readonly takeover?: (pid: number) => Promise<Takeover | undefined>;
}

export interface Takeover {
  /** From the kill until nothing is held any more that the process held. */
  readonly ms: number;
  /** The most claims that a mailbox had had which it held: more than one where its worker before was killed too. */
  readonly attempts: number;
}

export interface FleetReport {
  readonly acknowledged: number;
  readonly killed: { readonly working: number; readonly both: number };
  readonly takeovers: readonly Takeover[];
}

/**
 * Four workers under the load of eight clients, killed one after another: the process that works, every other time
 * together with its supervisor. Every acknowledged event is applied exactly once.
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
  const takeovers: Takeover[] = [];
  const pending: Promise<unknown>[] = [];
  const victims = new Victims(fleet, plan.holding);
  try {
    await counters.create(plan.instances);
    for (let n = 0; n < CLIENTS; n++) void counters.client(`client-${n}`, PAUSE_MS);
    for (let kill = 0; kill < plan.kills; kill++) {
      // The time of a kill has nothing to do with that of the takeover before.
      await pause(Math.random() * 300);
      const victim = await victims.next(kill);
      const both = kill % 2 === 1;
      const pid = victim.killWorking();
      if (pid === undefined) continue;
      killed[both ? 'both' : 'working'] += 1;
      const takeover = plan.takeover?.(pid).then((taken) => taken && takeovers.push(taken));
      const restart = both ? victim.killBoth().then(() => victim.launch()) : undefined;
      pending.push(Promise.all([takeover, restart]));
    }
    await Promise.all(pending);
    // One that was just started would not know yet what SIGTERM asks of it.
    while (fleet.some(({ working }) => working === undefined)) await pause(20);
    await counters.stop();
    const { store } = await openStore(plan.url);
    await counters.rest(store);
    await counters.inspect(store);
    await store.close();
  } finally {
    await engine.close();
    await Promise.allSettled(pending);
    const codes = await Promise.all(fleet.map((worker) => worker.stop()));
    expect(codes, 'the workers drain and end with 0').toEqual(fleet.map(() => 0));
  }
  return { acknowledged: counters.acknowledged, killed, takeovers };
}

/** Whom to kill next: a worker that holds something, while there are others who can take it over. */
class Victims {
  readonly #fleet: readonly WorkerProcess[];
  readonly #holding: FleetPlan['holding'];
  /** Processes that have held something, and so have come to their work. */
  readonly #atWork = new Set<number>();

  constructor(fleet: readonly WorkerProcess[], holding: FleetPlan['holding']) {
    this.#fleet = fleet;
    this.#holding = holding;
  }

  /** The next one in their order that will do, by the number of the kill. */
  async next(kill: number): Promise<WorkerProcess> {
    const inOrder = this.#fleet.map((_, n) => this.#fleet[(kill + n) % this.#fleet.length] as WorkerProcess);
    for (const giveUpAt = Date.now() + 120_000; Date.now() < giveUpAt; await pause(LOOK_MS)) {
      const working = new Set(inOrder.map((worker) => worker.working).filter((pid) => pid !== undefined));
      const holding = await this.#holding();
      for (const pid of holding) this.#atWork.add(pid);
      const atWork = [...working].filter((pid) => this.#atWork.has(pid));
      if (atWork.length <= OTHERS) continue;
      const victim = inOrder.find(({ working }) => working !== undefined && holding.has(working));
      if (victim !== undefined) return victim;
    }
    throw new Error('there is nobody left to kill');
  }
}
