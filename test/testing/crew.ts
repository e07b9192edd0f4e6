import { Refused } from '../../src/core/problem.js';
import { Registry, type RegistryOptions } from '../../src/runtime/registry.js';
import type { Store } from '../../src/store/store.js';
import type { FaultPlan } from '../../src/testing/simulation/fault.js';
import { BrokenIo, Process } from '../../src/testing/simulation/process.js';
import type { World } from '../../src/testing/simulation/world.js';

/** How long a dead process stays away, at most, and a client waits for an answer before it asks again. */
const RESTART_MS = 3_000;
const PATIENCE_MS = 1_000;

/** The processes of a simulated world; one that dies is replaced after a while. */
export class Crew {
  readonly #world: World;
  readonly #store: Store;
  readonly #faults: FaultPlan;
  readonly #knowledge: RegistryOptions;
  readonly #processes: Process[] = [];
  #open = true;

  constructor(world: World, store: Store, faults: FaultPlan, knowledge: RegistryOptions) {
    this.#world = world;
    this.#store = store;
    this.#faults = faults;
    this.#knowledge = knowledge;
  }

  get alive(): readonly Process[] {
    return this.#processes.filter((process) => process.alive);
  }

  /** One that knows everything that was published. */
  async registry(): Promise<Registry> {
    const registry = new Registry(this.#knowledge);
    for (const { hash } of await this.#store.definitions()) {
      const definition = await this.#store.definition(hash);
      if (definition !== undefined) registry.add(definition);
    }
    return registry;
  }

  async hire(): Promise<void> {
    const registry = await this.registry();
    const restart = () => {
      if (this.#open) this.#world.after(this.#world.moment(RESTART_MS), () => void this.hire());
    };
    const name = `p${this.#processes.length}`;
    this.#processes.push(new Process(name, this.#world, this.#store, registry, this.#faults, restart));
  }

  dismiss(): void {
    this.#open = false;
    for (const process of this.#processes) process.kill();
  }

  /** Asks one of them after the other until one has answered. */
  async insist(ask: (process: Process) => Promise<unknown>): Promise<void> {
    while (!(await this.#try(ask))) await this.#world.sleep(this.#world.moment(200));
  }

  async #try(ask: (process: Process) => Promise<unknown>): Promise<boolean> {
    const processes = this.alive;
    const process = processes[this.#world.chance.below(processes.length)];
    if (process === undefined) return false;
    return new Promise((resolve, reject) => {
      const cancel = this.#world.after(PATIENCE_MS, () => resolve(false));
      const settle = (answered: boolean) => {
        cancel();
        resolve(answered);
      };
      ask(process).then(
        () => settle(true),
        (error) => (error instanceof Refused && !(error instanceof BrokenIo) ? reject(error) : settle(false)),
      );
    });
  }
}
