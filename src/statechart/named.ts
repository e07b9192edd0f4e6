import { put } from '../core/json.js';
import { builtOf } from './builders.js';
import { isPlain } from './schema/findings.js';

/** By the name that `invoke` has as `src`, the ids of machines. */
export type MachineIds = Readonly<Record<string, string>>;

/** A config in which machines that are invoked by a name stand by their ids. */
export function resolveMachines(config: unknown, ids: MachineIds): unknown {
  return new Naming(ids).resolved(config, '');
}

class Naming {
  readonly #ids: MachineIds;
  /** What is being looked through: what contains itself is left to those who read it, who say so. */
  readonly #open = new Set<unknown>();

  constructor(ids: MachineIds) {
    this.#ids = ids;
  }

  resolved(value: unknown, key: string): unknown {
    const built = builtOf(value);
    if (built !== undefined) return this.resolved(built, key);
    const isList = Array.isArray(value);
    if (!(isList || isPlain(value)) || this.#open.has(value)) return value;
    this.#open.add(value);
    const made = isList ? value.map((item) => this.resolved(item, key)) : this.#members(value, key);
    this.#open.delete(value);
    return made;
  }

  #members(value: Readonly<Record<string, unknown>>, key: string): unknown {
    const made: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(value)) {
      put(made, name, name === 'meta' ? member : this.resolved(member, name));
    }
    return key === 'invoke' ? this.#invoked(made) : made;
  }

  /** `src`, where it names a machine, is that machine's id. */
  #invoked(invoke: Readonly<Record<string, unknown>>): unknown {
    const { src, ...rest } = invoke;
    if (typeof src !== 'string' || !Object.hasOwn(this.#ids, src)) return invoke;
    return { machine: this.#ids[src], id: src, ...rest };
  }
}
