import type { Pausable } from '../store.js';

type Kind = 'machine' | 'queue';

/** The machines and queues that are paused. */
export class Pauses {
  readonly #names: Readonly<Record<Kind, Set<string>>> = { machine: new Set(), queue: new Set() };

  /** False if it was paused already. */
  pause(kind: Kind, name: string): boolean {
    if (this.has(kind, name)) return false;
    this.#names[kind].add(name);
    return true;
  }

  /** False if it was not paused. */
  resume(kind: Kind, name: string): boolean {
    return this.#names[kind].delete(name);
  }

  has(kind: Kind, name: string): boolean {
    return this.#names[kind].has(name);
  }

  of(kind: Kind): ReadonlySet<string> {
    return this.#names[kind];
  }

  /** By kind and name. */
  list(): Pausable[] {
    return [
      ...[...this.#names.machine].sort().map((machine) => ({ machine })),
      ...[...this.#names.queue].sort().map((queue) => ({ queue })),
    ];
  }
}
