import type { Definition, NewDefinition } from '../../core/definition.js';
import { Registry, type Steppable } from '../../runtime/registry.js';
import type { Store } from '../../store/store.js';
import { probe } from '../probe-language.js';
import { type FaultKind, FaultPlan } from './fault.js';
import { JobWitness } from './job-witness.js';
import { jobVerdict, NARROW, PAUSABLE } from './job-workload.js';
import { FAULTY_METHODS, Process } from './process.js';
import { Races } from './races.js';
import { type Steppables, verdict } from './verdict.js';
import { type Promised, simulatedHandlers, Workload } from './workload.js';
import { World } from './world.js';

export interface SimulationOptions {
  readonly seed: number;
  /** Opens the store under test on the world's clock and chance. */
  readonly openStore: (clock: () => number, random: () => string) => Store | Promise<Store>;
  /** Rounds of the event loop that the store takes for a call, at most; 1 if absent. */
  readonly rounds?: number;
  readonly processes?: number;
  readonly clients?: number;
  /** The kinds of faults to inject; all if absent. */
  readonly faults?: readonly FaultKind[];
}

export interface SimulationReport {
  readonly seed: number;
  /** What was promised and not kept; empty if all is well. */
  readonly violations: readonly string[];
  /** The faults that happened, by kind, those of the network included. */
  readonly faults: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  /** How often an instance was taken over to another version, and how often one that had failed went on. */
  readonly moves: number;
  readonly redriven: number;
  /** How often each order of two things happened that were asked for at the same instant. */
  readonly races: Readonly<Record<string, number>>;
  readonly virtualMs: number;
  /** Equal for two runs of one seed. */
  readonly trace: number;
}

/** How long a dead process stays away, at most. */
const RESTART_MS = 3_000;

/** Virtual time in which everything must have come to rest. */
const LIMIT_MS = 600_000;

const MACHINE: NewDefinition = { machine: 'probe', language: 'probe', source: {}, hash: 'probe' };

/** Its next version, published while instances of the first are at work, after so long at most. */
const NEXT: NewDefinition = { ...MACHINE, source: { edition: 2 }, hash: 'probe-2' };
const NEXT_MS = 2_000;

/**
 * Several processes and clients on one store, in virtual time, with faults planned by the seed. The same seed
 * gives the same run. A planned fault that never happened is a violation, as is any broken promise.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const world = new World(options.seed, options.rounds ?? 1);
  const witness = new JobWitness();
  const opened = await options.openStore(
    () => world.now,
    () => world.chance.uint32().toString(36),
  );
  const store = witness.watch(opened);
  const definition = await store.publish(MACHINE);
  await store.limitQueue(NARROW.queue, NARROW.concurrency);
  const faults = new FaultPlan(world.chance, FAULTY_METHODS, options.faults);
  const began = world.now;
  const crew = new Crew(world, store, definition, faults, witness);
  world.after(world.moment(NEXT_MS), () => void store.publish(NEXT));
  for (let i = 0; i < (options.processes ?? 3); i++) crew.hire();
  const workload = new Workload(
    world,
    MACHINE.machine,
    () => crew.alive,
    () => faults.outstanding.length > 0,
  );
  workload.start(options.clients ?? 3);
  const races = new Races(world, store);
  races.start();

  let quiet = false;
  const watch = async (): Promise<void> => {
    // A pause that was on its way for long may have come after its end.
    if (workload.done) for (const queue of PAUSABLE) await store.resume({ queue });
    quiet = workload.done && races.done && (await isQuiet(store, workload));
    if (!quiet) world.after(200, () => void watch());
  };
  void watch();
  const rested = await world.run(() => quiet, LIMIT_MS);
  crew.dismiss();

  const { faults: broken, ...done } = rested
    ? await verdict(store, await crew.steppables(), workload)
    : { faults: ['the simulation did not come to rest'], moves: 0, redriven: 0 };
  const violations = [...broken];
  if (rested) violations.push(...(await jobVerdict(store, workload.jobs, witness)));
  violations.push(...races.broken);
  for (const fault of faults.outstanding) violations.push(`the planned fault never happened: ${fault}`);
  await store.close();
  return {
    seed: options.seed,
    violations,
    faults: {
      ...tally(faults),
      ...{ repeated: workload.repeated, doubled: workload.doubled, orphaned: faults.orphaned },
    },
    acknowledged: workload.acknowledged.length,
    ...done,
    races: Object.fromEntries(races.seen),
    virtualMs: world.now - began,
    trace: world.trace,
  };
}

/** The processes; one that dies is replaced after a while. */
class Crew {
  readonly #world: World;
  readonly #store: Store;
  readonly #definition: Definition;
  readonly #faults: FaultPlan;
  readonly #witness: JobWitness;
  readonly #processes: Process[] = [];
  #hired = 0;
  #open = true;

  constructor(world: World, store: Store, definition: Definition, faults: FaultPlan, witness: JobWitness) {
    this.#witness = witness;
    this.#world = world;
    this.#store = store;
    this.#definition = definition;
    this.#faults = faults;
  }

  get alive(): readonly Process[] {
    return this.#processes.filter((process) => process.alive);
  }

  /** Everything that was published, by hash. */
  async steppables(): Promise<Steppables> {
    const registry = new Registry({ languages: [probe] });
    for (const { hash } of await this.#store.definitions()) {
      const definition = await this.#store.definition(hash);
      if (definition !== undefined) registry.add(definition);
    }
    return new Map(registry.definitions.map((hash) => [hash, registry.steppable(hash) as Steppable]));
  }

  hire(): void {
    const registry = new Registry({
      languages: [probe],
      handlers: simulatedHandlers(this.#world, this.#witness),
    });
    registry.add(this.#definition);
    const restart = () => {
      if (this.#open) this.#world.after(this.#world.moment(RESTART_MS), () => this.hire());
    };
    const name = `p${this.#hired++}`;
    this.#processes.push(new Process(name, this.#world, this.#store, registry, this.#faults, restart));
  }

  dismiss(): void {
    this.#open = false;
    for (const process of this.#processes) process.kill();
  }
}

async function isQuiet(store: Store, { poisoned }: Promised): Promise<boolean> {
  for (const status of ['pending', 'processing'] as const) {
    if ((await store.jobs({ status, limit: 1 })).items.length > 0) return false;
  }
  // Children too, so not only those that the clients made.
  let after: string | undefined;
  do {
    const page = await store.find({ limit: 100, ...(after === undefined ? {} : { after }) });
    for (const { instance, parked } of page.items) {
      if (parked === undefined && (await store.messages(instance.id)).length > 0) return false;
    }
    after = page.next;
  } while (after !== undefined);
  for (const instance of poisoned) {
    if ((await store.read(instance))?.parked === undefined) return false;
  }
  return true;
}

function tally(faults: FaultPlan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of faults.happened) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
