import type { Json } from '../../core/json.js';
import { Refused } from '../../core/problem.js';
import type { Handler, Handlers } from '../../runtime/handler.js';
import type { JobWitness } from './job-witness.js';
import { JobWorkload } from './job-workload.js';
import { MigrationWorkload } from './migration-workload.js';
import { BrokenIo, type Process } from './process.js';
import type { World } from './world.js';

/** A request that was acknowledged, and so may never be lost. */
export interface Acknowledged {
  readonly client: string;
  readonly instance: string;
  readonly event: string;
}

/** What the world was promised, and what it saw broken itself. */
export interface Promised {
  readonly instances: readonly string[];
  readonly acknowledged: readonly Acknowledged[];
  readonly stopped: readonly string[];
  /** Instances whose second event throws whenever it is stepped: in no other list. */
  readonly poisoned: readonly string[];
  /** How often each instance was said to have been taken over to another version, at least. */
  readonly moves: ReadonlyMap<string, number>;
  readonly broken: readonly string[];
}

/** How long a client waits for an answer before it asks again, perhaps somewhere else. */
const PATIENCE_MS = 1_000;

/** Requests of one client, at least; it goes on until every planned fault has happened, or this many times more. */
const REQUESTS = 8;
const STUBBORNNESS = 40;

/** A world of clients: serial each, concurrent together, repeating whatever was not answered. */
export class Workload implements Promised {
  readonly acknowledged: Acknowledged[] = [];
  readonly instances: string[] = [];
  readonly stopped: string[] = [];
  readonly poisoned: string[] = [];
  readonly broken: string[] = [];
  /** Answers that never came, and requests that were made twice on purpose: faults of the network. */
  repeated = 0;
  doubled = 0;
  readonly #world: World;
  readonly #machine: string;
  readonly #processes: () => readonly Process[];
  readonly #more: () => boolean;
  readonly jobs: JobWorkload;
  readonly #migrations: MigrationWorkload;
  #clients = 0;
  #busy = 0;

  /** `more`: whether to go on beyond the least number of requests. */
  constructor(world: World, machine: string, processes: () => readonly Process[], more: () => boolean) {
    this.#world = world;
    this.#machine = machine;
    this.#processes = processes;
    this.#more = more;
    this.jobs = new JobWorkload(world, (ask) => this.#insist(ask));
    this.#migrations = new MigrationWorkload(world, machine, (ask) => this.#insist(ask));
  }

  get moves(): ReadonlyMap<string, number> {
    return this.#migrations.moves;
  }

  get done(): boolean {
    return this.#busy === 0;
  }

  start(clients: number): void {
    this.#clients = clients;
    for (let i = 0; i < clients; i++) {
      this.#busy += 1;
      void this.#client(`c${i}`).finally(() => {
        this.#busy -= 1;
      });
    }
  }

  async #client(name: string): Promise<void> {
    const { chance } = this.#world;
    await this.#create(`${name}-first`);
    if (chance.below(4) === 0) await this.#poison(`${name}-poisoned`);
    for (let n = 0; n < REQUESTS || (this.#more() && n < REQUESTS * STUBBORNNESS); n++) {
      await this.#world.sleep(this.#world.moment(300));
      if (chance.below(10) === 0) await this.#create(`${name}-${n}`);
      if (chance.below(3) === 0) await this.jobs.request(`${name}-job-${n}`);
      if (chance.below(3) === 0) await this.#migrations.request(this.#instance());
      const instance = this.#instance();
      const event = `${name}-event-${n}`;
      const data = this.#commands(2);
      const wait = chance.below(4) === 0 ? { wait: this.#world.moment(500) } : {};
      const send = (process: Process) =>
        process.engine.send(instance, { type: 'probe', data, id: event }, wait);
      if (chance.below(5) === 0) {
        this.doubled += 1;
        void this.#try(send);
      }
      await this.#insist(send);
      this.acknowledged.push({ client: name, instance, event });
      if (chance.below(8) === 0) await this.#contradict(instance, event);
      if (chance.below(20) === 0) await this.#stop(this.#instance());
    }
    // It was sent to before it was there.
    await this.#create(`${name}-last`);
  }

  async #create(id: string): Promise<void> {
    await this.#insist((process) => process.engine.create(this.#machine, { id, input: { id } }));
    this.instances.push(id);
  }

  async #poison(id: string): Promise<void> {
    await this.#insist((process) => process.engine.create(this.#machine, { id }));
    const poison = { type: 'probe', data: [{ throw: 'poison' }], id: 'poison' };
    await this.#insist((process) => process.engine.send(id, poison));
    this.poisoned.push(id);
  }

  async #stop(instance: string): Promise<void> {
    await this.#insist((process) => process.engine.stop(instance));
    this.stopped.push(instance);
  }

  /** Sends another body under an id that was acknowledged: a conflict, for good. */
  async #contradict(instance: string, id: string): Promise<void> {
    await this.#try(async (process) => {
      try {
        await process.engine.send(instance, { type: 'probe', data: 'another', id });
        this.broken.push(`${instance}: ${id} was taken again with another body`);
      } catch (error) {
        if (!(error instanceof Refused && error.code === 'conflict')) throw error;
      }
    });
  }

  /** Asks until it is answered. */
  async #insist(ask: (process: Process) => Promise<unknown>): Promise<void> {
    while (!(await this.#try(ask))) {
      this.repeated += 1;
      await this.#world.sleep(this.#world.moment(200));
    }
  }

  async #try(ask: (process: Process) => Promise<unknown>): Promise<boolean> {
    const processes = this.#processes();
    const process = processes[this.#world.chance.below(processes.length)];
    if (process === undefined) return false;
    return new Promise((resolve) => {
      const cancel = this.#world.after(PATIENCE_MS, () => resolve(false));
      ask(process).then(
        () => {
          cancel();
          resolve(true);
        },
        (error) => {
          cancel();
          // A refusal would be a bug here: nothing this client asks for is wrong.
          if (error instanceof Refused && !(error instanceof BrokenIo)) throw error;
          resolve(false);
        },
      );
    });
  }

  #instance(): string {
    return this.instances[this.#world.chance.below(this.instances.length)] ?? 'c0-first';
  }

  /** Now and then one that is not there yet. */
  #receiver(): string {
    const { chance } = this.#world;
    return chance.below(10) === 0 ? `c${chance.below(this.#clients)}-last` : this.#instance();
  }

  /** What an event shall do; sends carry commands of their own, `depth` deep. */
  #commands(depth: number): Json {
    const { chance } = this.#world;
    return Array.from({ length: chance.below(4) }, (): Json => {
      if (chance.below(50) === 0) return { end: 'succeeded' };
      if (chance.below(50) === 0) return { end: 'failed' };
      switch (chance.below(depth > 0 ? 7 : 4)) {
        case 0:
          return { timer: chance.below(3_000) };
        case 1:
          return { task: ['echo', 'flaky', 'slow'][chance.below(3)] ?? 'echo', input: chance.below(100) };
        case 2:
          return { cancel: ['timer', 'task', 'child'][chance.below(3)] ?? 'task' };
        case 3:
          return { task: 'slow', input: 0, timeoutMs: 50 + chance.below(4_000) };
        case 4:
          return { unfinished: true };
        case 5: {
          const input = [...(this.#commands(depth - 1) as readonly Json[]), { end: 'succeeded' }];
          return { spawn: this.#machine, input, detached: chance.below(2) === 0 };
        }
        default:
          return { send: this.#receiver(), name: 'sent', data: this.#commands(depth - 1) };
      }
    });
  }
}

/** The handlers of the simulation's tasks. What they do is witnessed. */
export function simulatedHandlers(world: World, witness: JobWitness): Handlers {
  const handlers: Handlers = {
    echo: async (input) => {
      await world.sleep(world.moment(30));
      return input;
    },
    flaky: async (input) => {
      await world.sleep(world.moment(30));
      if (world.chance.below(2) === 0) throw new RangeError('flaked');
      return input;
    },
    slow: async (input, { heartbeat }) => {
      for (let beat = 0; beat < 4; beat++) {
        await world.sleep(world.moment(1_000));
        heartbeat();
      }
      return input;
    },
    hopeless: async () => {
      await world.sleep(world.moment(30));
      throw Object.assign(new Error('it never works'), { name: 'Hopeless', final: true });
    },
  };
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [name, witnessed(handler, witness)]),
  );
}

function witnessed(handler: Handler, witness: JobWitness): Handler {
  return async (input, job) => {
    witness.begins(job);
    const output = await handler(input, job);
    witness.returns(job, output);
    return output;
  };
}
