/**
 * Lets calls about the same thing take turns, in the order in which they were made; about others they go side
 * by side, each on a connection of its own, where none knows of the others.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(things: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = things.flatMap((thing) => this.#last.get(thing) ?? []);
    const turn = before.length === 0 ? work() : Promise.allSettled(before).then(work);
    for (const thing of things) this.#last.set(thing, turn);
    try {
      return await turn;
    } finally {
      for (const thing of things) if (this.#last.get(thing) === turn) this.#last.delete(thing);
    }
  }
}
