import { asl } from '../../src/asl/language.js';
import { UPDATE_MAP_RUN } from '../../src/asl/map-run/map-run-change.js';
import { hasEnded } from '../../src/core/instance.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { Refused } from '../../src/core/problem.js';
import type { Handlers } from '../../src/runtime/handler.js';
import { identify } from '../../src/runtime/hash.js';
import type { Steppable } from '../../src/runtime/registry.js';
import type { Store } from '../../src/store/store.js';
import { FaultPlan } from '../../src/testing/simulation/fault.js';
import { BrokenIo } from '../../src/testing/simulation/process.js';
import { verdict } from '../../src/testing/simulation/verdict.js';
import { World } from '../../src/testing/simulation/world.js';
import { Crew } from './crew.js';
import { comesToRest } from './rest.js';

export interface MapReport {
  /** What was promised and not kept; empty if all is well. */
  readonly violations: readonly string[];
  readonly faults: number;
  /** How often a Map run went on that had failed, and bounds of one were changed. */
  readonly redriven: number;
  readonly changed: number;
  /** Equal for two runs of one seed. */
  readonly trace: number;
}

const FAULTY: readonly (keyof Store)[] = ['send', 'claim', 'commit', 'claimJobs', 'endJobs'];
const PROCESSES = 2;
const LIMIT_MS = 1_200_000;
const ITEMS = 10;
/** What a client asks for, at least and at most: it goes on until every planned fault has happened. */
const REQUESTS = 8;
const MOST_REQUESTS = 400;

const GET = 'arn:aws:states:::s3:getObject';
const PUT = 'arn:aws:states:::s3:putObject';

function mapOf(resource: string, fields: JsonObject): Json {
  const Retry = [{ ErrorEquals: ['Flaked'], MaxAttempts: 20, IntervalSeconds: 1, MaxDelaySeconds: 1 }];
  const States = { Work: { Type: 'Task', Resource: resource, Retry, End: true } };
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const ItemProcessor = { ProcessorConfig, StartAt: 'Work', States };
  return { StartAt: 'Map', States: { Map: { Type: 'Map', ItemProcessor, End: true, ...fields } } };
}

/** Over a list; what is read and written; one that fails until it is mended, and one that may be stopped at any moment. */
const MACHINES: Readonly<Record<string, Json>> = {
  plain: mapOf('double', { MaxConcurrency: 3 }),
  files: mapOf('each', {
    ItemReader: { Resource: GET, Parameters: { Bucket: 'b', Key: 'k' }, ReaderConfig: { InputType: 'JSON' } },
    ItemBatcher: { MaxItemsPerBatch: 3 },
    ResultWriter: { Resource: PUT, Parameters: { Bucket: 'b' }, WriterConfig: { Transformation: 'FLATTEN' } },
  }),
  broken: mapOf('broken', { MaxConcurrency: 4 }),
  stopped: mapOf('double', {}),
};

/** Several processes and a client on one store, in virtual time, with distributed Maps and faults planned by the seed. */
export async function simulateMaps(
  seed: number,
  openStore: (clock: () => number, random: () => string) => Store,
): Promise<MapReport> {
  const world = new World(seed, 1);
  const store = openStore(
    () => world.now,
    () => world.chance.uint32().toString(36),
  );
  for (const [machine, source] of Object.entries(MACHINES))
    await store.publish(identify({ machine, language: 'asl', source }));
  const faults = new FaultPlan(world.chance, FAULTY);
  const bucket = new Map<string, string>();
  const task = new Tasks(world, bucket);
  const crew = new Crew(world, store, faults, { languages: [asl], handlers: task.handlers });
  for (let i = 0; i < PROCESSES; i++) await crew.hire();
  const client = new Client(world, crew, task, () => faults.outstanding.length > 0);
  const rested = await comesToRest(world, client.work(), () => isAtRest(store), LIMIT_MS);
  crew.dismiss();
  const complaints = rested
    ? await complaintsOf(store, crew, bucket)
    : ['the simulation did not come to rest'];
  const outstanding = faults.outstanding.map((fault) => `the planned fault never happened: ${fault}`);
  await store.close();
  return {
    violations: [...complaints, ...outstanding],
    ...{ faults: faults.happened.length, redriven: client.redriven, changed: client.changed },
    trace: world.trace,
  };
}

const items = Array.from({ length: ITEMS }, (_, index) => index);
const doubled = items.map((item) => item * 2);

/** What the tasks do. */
class Tasks {
  isMended = false;
  readonly handlers: Handlers;

  constructor(world: World, bucket: Map<string, string>) {
    const flaky = async (): Promise<void> => {
      await world.sleep(world.moment(400));
      if (world.chance.below(4) === 0) throw Object.assign(new Error('it flaked'), { name: 'Flaked' });
    };
    this.handlers = {
      double: async (item) => {
        await flaky();
        return Number(item) * 2;
      },
      each: async (batch) => {
        await flaky();
        return (batch as { Items: { n: number }[] }).Items.map(({ n }) => n * 2);
      },
      broken: async (item) => {
        await world.sleep(world.moment(400));
        if (Number(item) % 3 === 0 && !this.isMended) throw new RangeError('it is broken');
        return Number(item) * 2;
      },
      [GET]: async () => {
        await world.sleep(world.moment(100));
        // Large enough that they are not all held in one place.
        return { Body: JSON.stringify(items.map((n) => ({ n, filler: 'x'.repeat(3_000) }))) };
      },
      [PUT]: async (given) => {
        const { Key, Body } = given as { Key: string; Body: string };
        await world.sleep(world.moment(100));
        bucket.set(Key, Body);
        return {};
      },
    };
  }
}

/** Begins the Maps, changes their bounds, stops one and lets failed ones go on; repeats whatever was not answered. */
class Client {
  redriven = 0;
  changed = 0;
  readonly #world: World;
  readonly #crew: Crew;
  readonly #tasks: Tasks;
  readonly #more: () => boolean;

  constructor(world: World, crew: Crew, tasks: Tasks, more: () => boolean) {
    this.#world = world;
    this.#crew = crew;
    this.#tasks = tasks;
    this.#more = more;
  }

  async work(): Promise<void> {
    const { chance } = this.#world;
    for (const id of Object.keys(MACHINES))
      await this.#crew.insist(({ engine }) => engine.create(id, { id, input: items }));
    for (let n = 0; n < REQUESTS || (this.#more() && n < MOST_REQUESTS); n++) {
      await this.#world.sleep(this.#world.moment(600));
      const machine = ['plain', 'files', 'broken'][chance.below(3)] ?? 'plain';
      // Enough that nothing fails by it that would not have.
      const data = { mapRun: '1.0', maxConcurrency: chance.below(5) };
      await this.#crew.insist(({ engine }) =>
        engine.send(machine, { type: UPDATE_MAP_RUN, data, id: `c${n}` }),
      );
      this.changed += 1;
      if (chance.below(6) === 0) await this.#redrive();
      if (n === 3) await this.#crew.insist(({ engine }) => engine.stop('stopped'));
    }
    this.#tasks.isMended = true;
    while ((await this.#status()) !== 'succeeded') {
      await this.#redrive();
      await this.#world.sleep(this.#world.moment(1_000));
    }
  }

  async #status(): Promise<string | undefined> {
    let status: string | undefined;
    await this.#crew.insist(async ({ engine }) => {
      status = (await engine.read('broken'))?.status;
    });
    return status;
  }

  /** What has not failed cannot be redriven: the client does not know. */
  async #redrive(): Promise<void> {
    await this.#crew.insist(async ({ engine }) => {
      try {
        await engine.retry('broken');
        this.redriven += 1;
      } catch (error) {
        if (error instanceof BrokenIo || !(error instanceof Refused) || error.code !== 'not-parked')
          throw error;
      }
    });
  }
}

/** Whether all has ended, and nothing is on its way. */
async function isAtRest(store: Store): Promise<boolean> {
  for (const status of ['pending', 'processing'] as const)
    if ((await store.jobs({ status, limit: 1 })).items.length > 0) return false;
  for (const { instance, parked } of (await store.find({ limit: 1_000 })).items) {
    if (parked !== undefined) continue;
    if (!hasEnded(instance.status) || (await store.messages(instance.id)).length > 0) return false;
  }
  return true;
}

/** What was promised and not kept, in sentences. */
async function complaintsOf(store: Store, crew: Crew, bucket: Map<string, string>): Promise<string[]> {
  const registry = await crew.registry();
  const steppables = new Map(
    registry.definitions.map((hash) => [hash, registry.steppable(hash) as Steppable] as const),
  );
  const none = { acknowledged: [], poisoned: [], moves: new Map(), broken: [] };
  const promised = { instances: Object.keys(MACHINES), stopped: ['stopped'], ...none };
  const faults = [...(await verdict(store, steppables, promised)).faults];
  const expect = (what: string, actual: unknown, wanted: unknown) => {
    if (JSON.stringify(actual) !== JSON.stringify(wanted))
      faults.push(`${what}: ${JSON.stringify(actual)} for ${JSON.stringify(wanted)}`);
  };
  for (const id of ['plain', 'broken']) expect(`the output of ${id}`, await outputOf(store, id), doubled);
  const written = [...bucket].filter(([key]) => key.includes('SUCCEEDED'));
  expect(
    'what was written',
    written.flatMap(([, body]) => JSON.parse(body) as number[]),
    doubled,
  );
  expect('where it was written', await outputOf(store, 'files'), {
    MapRunArn: mapRunOf(bucket),
    ResultWriterDetails: { Bucket: 'b', Key: 'files/1.0/manifest.json' },
  });
  return faults;
}

async function outputOf(store: Store, id: string): Promise<Json> {
  const state = (await store.read(id))?.instance.state ?? 'null';
  return asl.view(JSON.parse(state) as Json).output;
}

function mapRunOf(bucket: Map<string, string>): unknown {
  const manifest = JSON.parse(bucket.get('files/1.0/manifest.json') ?? '{}') as JsonObject;
  return manifest['MapRunArn'];
}
