import { observed } from './observed-store.mjs';
import { engineOn, openStore } from './open-engine.mjs';

const STEPS = 5;
/** What DBOS gets too: our default would be 25 and 10 more. */
export const CONNECTIONS = 20;

/** Five Task states one after the other, each a job whose result the next one gets. */
const machine = {
  machine: 'five-tasks',
  language: 'asl',
  source: {
    StartAt: 'Task1',
    States: Object.fromEntries(
      Array.from({ length: STEPS }, (_, n) => [
        `Task${n + 1}`,
        { Type: 'Task', Resource: 'work', ...(n + 1 < STEPS ? { Next: `Task${n + 2}` } : { End: true }) },
      ]),
    ),
  },
};

/** Workflows in an engine whose handlers run in the same process. */
export class FiveTasks {
  #engine;
  #made = 0;
  #done = new Map();
  #handled = 0;

  static async open(url) {
    const made = new FiveTasks();
    const store = observed(await openStore(url, CONNECTIONS), {
      onCommits: (commits) => made.#ended(commits),
    });
    const work = async ({ n }) => {
      made.#handled += 1;
      return { n: n + 1 };
    };
    made.#engine = engineOn(store, { handlers: { work } });
    await made.#engine.publish(machine);
    return made;
  }

  /** So many at once, each begun when one has ended and that is durable, for so long. */
  async round(concurrency, seconds) {
    const handled = this.#handled;
    const began = performance.now();
    const end = began + seconds * 1_000;
    let count = 0;
    const lane = async () => {
      while (performance.now() < end) {
        await this.#one();
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
    if (this.#handled - handled < count * STEPS) throw new Error('workflows ended without their tasks');
    return { count, ms: performance.now() - began };
  }

  close() {
    return this.#engine.close();
  }

  async #one() {
    this.#made += 1;
    const id = `w${this.#made}`;
    const ended = new Promise((resolve) => this.#done.set(id, resolve));
    await this.#engine.create(machine.machine, { id, input: { n: 0 } });
    const status = await ended;
    if (status !== 'succeeded') throw new Error(`${id} has ${status}`);
  }

  #ended(commits) {
    for (const { lease, status } of commits) {
      if (status === 'running') continue;
      this.#done.get(lease.instance)?.(status);
      this.#done.delete(lease.instance);
    }
  }
}
