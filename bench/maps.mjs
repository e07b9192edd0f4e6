// What an item of a distributed Map costs, with few items and with many: a worker on a file of SQLite's, an execution of
// its own for each item, which passes it on; the items are read, and the results written. The processor's time, since others may be at work on the machine.
// BENCH_ITEMS says how many are many: 100,000 is what the aim is about, and takes some minutes.
import { join } from 'node:path';
import { observed } from './durable/observed-store.mjs';
import { engineOn, openStore } from './durable/open-engine.mjs';
import { median, spread } from './statistics.mjs';

const FEW = 1_000;
const MANY = 10_000;
/** Of few, and before and after the many: both then have the same minutes of the machine. */
const ROUNDS = 4;
const PATIENCE_MS = 1_800_000;

const READ = 'arn:aws:states:::s3:getObject';
const WRITE = 'arn:aws:states:::s3:putObject';

const EACH = {
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemReader: {
        Resource: READ,
        ReaderConfig: { InputType: 'JSON' },
        Parameters: { Bucket: 'items', 'Key.$': '$' },
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'One',
        States: { One: { Type: 'Pass', End: true } },
      },
      ResultWriter: { Resource: WRITE, Parameters: { Bucket: 'results' } },
      End: true,
    },
  },
};

/** Rows of { name, value, unit, ratio, note }. */
export async function measure({ seconds, dir }) {
  const many = Number(process.env.BENCH_ITEMS ?? Math.round(MANY * Math.min(1, seconds / 2)));
  const few = await MapRuns.open(join(dir, 'few-items.db'));
  const large = await MapRuns.open(join(dir, 'many-items.db'));
  const costs = [];
  const rounds = async () => {
    for (let round = 0; round < ROUNDS; round++) costs.push((await few.run(FEW)).cost);
  };
  await few.run(FEW);
  await rounds();
  const run = await large.run(many);
  await rounds();
  await few.close();
  await large.close();
  const row = (count, cost) => ({
    name: `an item of ${count.toLocaleString('en-US')}`,
    value: cost,
    unit: 'ms of the processor',
  });
  return [
    { ...row(FEW, median(costs)), note: `rounds ${spread(costs)}` },
    {
      ...row(many, run.cost),
      ratio: run.cost / median(costs),
      note: `cost of this / of the first, aim at most 1.25; ${run.seconds.toFixed(0)} s`,
    },
    {
      name: 'the largest state of its parent',
      value: run.largest,
      unit: 'bytes',
      note: 'aim at most 64,000',
    },
  ];
}

/** One worker, and executions one after the other. */
class MapRuns {
  #engine;
  #largest = 0;
  #runs = 0;

  static async open(path) {
    const made = new MapRuns();
    const store = observed(await openStore(`sqlite:${path}`), {
      onCommits: (commits) => made.#look(commits),
    });
    const handlers = {
      [READ]: ({ Key }) => ({ Body: JSON.stringify(items(Number(Key))) }),
      [WRITE]: () => ({}),
    };
    made.#engine = engineOn(store, { handlers });
    await made.#engine.publish({ machine: 'each', language: 'asl', source: EACH });
    return made;
  }

  /** Milliseconds of the processor for each of so many items, the seconds they took, and the largest state of their Map. */
  async run(count) {
    const id = `run${this.#runs++}`;
    this.#largest = 0;
    const began = performance.now();
    const start = process.cpuUsage();
    await this.#engine.create('each', { id, input: String(count) });
    while ((await this.#engine.read(id)).status === 'running') {
      if (performance.now() - began > PATIENCE_MS) throw new Error(`${count} items took too long`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { user, system } = process.cpuUsage(start);
    const { status, error } = await this.#engine.read(id);
    if (status !== 'succeeded') throw new Error(`it ${status}: ${JSON.stringify(error)}`);
    const cost = (user + system) / 1_000 / count;
    return { cost, seconds: (performance.now() - began) / 1_000, largest: this.#largest };
  }

  close() {
    return this.#engine.close();
  }

  /** Ids of items have more to them. */
  #look(commits) {
    for (const { lease, state } of commits)
      if (state !== undefined && !lease.instance.includes('/'))
        this.#largest = Math.max(this.#largest, Buffer.byteLength(state));
  }
}

function items(count) {
  return Array.from({ length: count }, (_, index) => index);
}
