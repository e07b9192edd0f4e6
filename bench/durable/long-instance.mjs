// Instances that take one event after the other, in turns as a worker takes them.

import { LANGUAGES } from '../../dist/embed/languages.js';
import { systemClock } from '../../dist/runtime/clock.js';
import { commitAll } from '../../dist/runtime/committing.js';
import { Registry } from '../../dist/runtime/registry.js';
import { takeTurn } from '../../dist/runtime/turn.js';
import { counter, engineOn, openStore } from './open-engine.mjs';

/** Events of one turn: as many as a turn takes. */
export const TURN = 100;

export class LongInstance {
  #store;
  #engine;
  #registry = new Registry({ languages: LANGUAGES });
  #sent = 0;

  static async open(url) {
    const made = new LongInstance();
    made.#store = await openStore(url);
    made.#engine = engineOn(made.#store, { works: false });
    made.#registry.add(await made.#engine.publish(counter));
    return made;
  }

  async create(id) {
    await this.#engine.create(counter.machine, { id });
    await this.#turn();
  }

  /** Milliseconds that TURN events cost: accepted, claimed, stepped and committed. */
  async events(id) {
    const event = JSON.stringify({ type: 'signal', name: 'tick' });
    const messages = Array.from({ length: TURN }, () => {
      this.#sent += 1;
      return { id: `e${this.#sent}`, to: id, event };
    });
    const began = performance.now();
    await this.#store.send(messages);
    await this.#turn();
    return performance.now() - began;
  }

  close() {
    return this.#engine.close();
  }

  async #turn() {
    const definitions = this.#registry.definitions;
    const query = { worker: 'bench', limit: 1, leaseMs: 60_000, definitions, messages: TURN };
    const claims = await this.#store.claim(query);
    const { commits } = await takeTurn(this.#store, this.#registry, claims, systemClock, () => {});
    const failed = await commitAll((some) => this.#store.commit(some), commits);
    if (commits.length !== 1 || failed.length > 0) throw new Error('a turn came to nothing');
  }
}
