/** Where the parts of a rewritten source stood before. */
export class Moves {
  readonly #before = new Map<string, string>();

  /** Notes that what stands under a pointer now stood, with all below it, under another. */
  add(now: string, before: string): void {
    const origin = this.before(before);
    if (origin !== now) this.#before.set(now, origin);
  }

  /**
   * The pointer under which it stood.
   *
   * @example
   * const moves = new Moves();
   * moves.add('/after/1000', '/on/over');
   * moves.before('/after/1000/0/target'); // => '/on/over/0/target'
   */
  before(pointer: string): string {
    if (this.#before.size === 0) return pointer;
    for (let end = pointer.length; end > 0; end = pointer.lastIndexOf('/', end - 1)) {
      const before = this.#before.get(pointer.slice(0, end));
      if (before !== undefined) return before + pointer.slice(end);
    }
    return pointer;
  }
}
