import { observed } from './observed-store.mjs';
import { counter, createInstances, engineOn, inFlight, openStore } from './open-engine.mjs';

/** Events that are on their way to be accepted at once. */
const SENDERS = 256;

/**
 * An engine with its worker: events are sent, and it counts once they are applied and durable. Each event of a
 * round goes to an instance of its own, so that every one costs a turn: none is folded together with another.
 */
export class EndToEnd {
  #engine;
  #events;
  #left = 0;
  #done = () => {};

  static async open(url, { connections, events }) {
    const made = new EndToEnd();
    made.#events = events;
    const store = observed(await openStore(url, connections), {
      onCommits: (commits) => made.#count(commits),
    });
    made.#engine = engineOn(store);
    await made.#engine.publish(counter);
    const started = made.#wait(events);
    await createInstances(made.#engine, counter.machine, events);
    await started;
    return made;
  }

  async round() {
    const began = performance.now();
    const applied = this.#wait(this.#events);
    await inFlight(SENDERS, this.#events, (n) => this.#engine.send(`i${n}`, { type: 'tick' }));
    await applied;
    return { count: this.#events, ms: performance.now() - began };
  }

  close() {
    return this.#engine.close();
  }

  #count(commits) {
    for (const { folded } of commits) this.#left -= folded.length;
    if (this.#left <= 0) this.#done();
  }

  #wait(count) {
    this.#left = count;
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }
}
