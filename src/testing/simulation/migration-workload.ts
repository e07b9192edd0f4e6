import type { MigrateOptions, MigrationReport } from '../../core/engine.js';
import { Refused } from '../../core/problem.js';
import { BrokenIo, type Process } from './process.js';
import type { World } from './world.js';

/** Instances that one call looks at, where it is not about a single one. */
const PAGE = 20;

/** Asks a process until it has answered. */
type Insist = (ask: (process: Process) => Promise<unknown>) => Promise<void>;

/** Takes instances over between the versions of their machine, and lets failed ones go on, at any moment. */
export class MigrationWorkload {
  /** How often each instance was said to have been taken over. */
  readonly moves = new Map<string, number>();
  readonly #world: World;
  readonly #machine: string;
  readonly #insist: Insist;

  constructor(world: World, machine: string, insist: Insist) {
    this.#world = world;
    this.#machine = machine;
    this.#insist = insist;
  }

  /** One request of a client: mostly about one instance, sometimes about all that run, or have failed. */
  async request(instance: string): Promise<void> {
    const { chance } = this.#world;
    // The newest, or back to the first.
    const to = chance.below(2) === 0 ? { to: 1 } : {};
    switch (chance.below(6)) {
      case 0:
      case 1:
        return this.#redrive(instance);
      case 2:
        return this.#migrateAll({ ...to, limit: PAGE });
      default:
        await this.#migrate({ ...to, instance });
    }
  }

  /** What has not failed cannot be redriven: the client does not know. */
  #redrive(instance: string): Promise<void> {
    return this.#insist((process) =>
      process.engine.retry(instance).catch((error: unknown) => {
        if (error instanceof BrokenIo || !(error instanceof Refused) || error.code !== 'not-parked')
          throw error;
      }),
    );
  }

  async #migrateAll(options: MigrateOptions): Promise<void> {
    let after: string | undefined;
    do {
      const report = await this.#migrate(after === undefined ? options : { ...options, after });
      after = report?.next;
    } while (after !== undefined);
  }

  /** A request whose answer was lost may have done it all the same: what is asked again finds less to do. */
  async #migrate(options: MigrateOptions): Promise<MigrationReport | undefined> {
    let answer: MigrationReport | undefined;
    await this.#insist(async (process) => {
      answer = await process.engine.migrate(this.#machine, options);
    });
    for (const { after, instances, problem } of answer?.groups ?? []) {
      if (problem !== undefined || after === undefined) continue;
      for (const id of instances) this.moves.set(id, (this.moves.get(id) ?? 0) + 1);
    }
    return answer;
  }
}
