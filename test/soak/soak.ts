import { type Engine, openEngine } from '../../src/embed/engine.js';
import { openStore } from '../../src/embed/store-url.js';
import type { Store } from '../../src/store/store.js';

/** An order that lives for some ten events: everything of an instance's life happens in it, and then it is over. */
const ORDER = {
  id: 'order',
  initial: 'open',
  context: { items: 0 },
  states: {
    open: {
      on: { add: { assign: { items: '{% context.items + 1 %}' } }, pay: 'paying' },
      after: { '1h': 'given-up' },
    },
    paying: { invoke: { src: 'charge', onDone: 'packing', onError: 'given-up' } },
    packing: { after: { '50ms': 'sent' } },
    sent: { type: 'final' },
    'given-up': { type: 'final' },
  },
};

/** What ended so long ago is swept. */
const KEPT_MS = 10_000;
const SWEEP_EVERY_MS = 250;
const SWEEP_LIMIT = 500;
const CLIENTS = 16;

export interface SoakPlan {
  readonly url: string;
  readonly seconds: number;
  /** How long the rate is measured that the load is a share of. */
  readonly measureSeconds: number;
  readonly share: number;
  /** Bytes of the store's tables. */
  readonly size: () => Promise<number>;
}

export interface Sample {
  readonly atMs: number;
  readonly rssBytes: number;
  readonly storeBytes: number;
  readonly instances: number;
}

export interface SoakReport {
  /** Orders a second at full speed, and under the load. */
  readonly fullRate: number;
  readonly rate: number;
  readonly orders: number;
  readonly swept: number;
  readonly samples: readonly Sample[];
}

/** A store under a steady load, with its retention at work. */
export async function soak(plan: SoakPlan): Promise<SoakReport> {
  const engine = await openEngine({
    db: plan.url,
    definitions: [ORDER],
    handlers: { charge: (input) => input },
  });
  const { store } = await openStore(plan.url);
  const sweeping = new Sweeping(store);
  const samples: Sample[] = [];
  const orders = new Orders(engine);
  try {
    const fullRate = await orders.run(plan.measureSeconds * 1_000, 0);
    const before = orders.done;
    const began = performance.now();
    const every = Math.max((plan.seconds * 1_000) / 60, 250);
    let sampling = true;
    const sampler = (async () => {
      while (sampling) {
        const [storeBytes, instances] = [await plan.size(), await store.count({})];
        samples.push({ atMs: performance.now() - began, rssBytes: rss(), storeBytes, instances });
        await pause(every);
      }
    })();
    const rate = await orders.run(plan.seconds * 1_000, (CLIENTS * 1_000) / (fullRate * plan.share));
    sampling = false;
    await sampler;
    return { fullRate, rate, orders: orders.done - before, swept: sweeping.swept, samples };
  } finally {
    await sweeping.stop();
    await store.close();
    await engine.close();
  }
}

/** Clients that each carry orders from their beginning to their end, one after another. */
class Orders {
  done = 0;
  readonly #engine: Engine;
  #number = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** For so long, each client beginning an order every `everyMs` at most; answers the rate, in orders a second. */
  async run(forMs: number, everyMs: number): Promise<number> {
    const before = this.done;
    const began = performance.now();
    const end = began + forMs;
    const client = async (offset: number) => {
      for (let nextAt = began + offset; performance.now() < end; nextAt += everyMs) {
        if (nextAt > performance.now()) await pause(nextAt - performance.now());
        await this.#order(`order-${this.#number++}`);
        this.done += 1;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client((everyMs * n) / CLIENTS)));
    return ((this.done - before) * 1_000) / (performance.now() - began);
  }

  async #order(id: string): Promise<void> {
    await this.#engine.create('order', { id, input: null });
    for (let n = 0; n < 3; n++) await this.#engine.send(id, { type: 'add', id: `add-${n}` });
    await this.#engine.send(id, { type: 'pay' });
  }
}

/** Retention: sweeps ended orders and their jobs in small batches. */
class Sweeping {
  swept = 0;
  readonly #store: Store;
  #running = true;
  readonly #finished: Promise<void>;

  constructor(store: Store) {
    this.#store = store;
    this.#finished = this.#run();
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#finished;
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const before = (await this.#store.now()) - KEPT_MS;
      let swept = 0;
      for (const what of ['instances', 'jobs'] as const)
        swept += await this.#store.sweep({ what, before, limit: SWEEP_LIMIT });
      this.swept += swept;
      if (swept < SWEEP_LIMIT) await pause(SWEEP_EVERY_MS);
    }
  }
}

/** The greatest of the middle third and of the last, to tell whether something grows. */
export function growth(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const third = Math.floor(samples.length / 3);
  const most = (part: readonly Sample[]) => Math.max(...part.map(of));
  return most(samples.slice(-third)) / most(samples.slice(third, 2 * third));
}

function rss(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().rss;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
