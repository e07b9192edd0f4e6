import { put } from '../core/json.js';
import { type Problem, Refused } from '../core/problem.js';
import { builtOf } from './builders.js';
import { isPlain, join } from './schema/findings.js';

/** What a definition refers to by name that is written into it: delays, and machines in the place of tasks. */
export interface Names {
  /** By name: milliseconds, or `30s`. */
  readonly delays: Readonly<Record<string, unknown>>;
  /** By the name that `invoke` has as `src`, the ids of machines. */
  readonly machines: Readonly<Record<string, string>>;
}

/** A config with delays and machines in place of their names. Throws Refused with those delays that are no such thing. */
export function resolveNames(config: unknown, names: Names): unknown {
  const naming = new Naming(names);
  const resolved = naming.resolved(config, '', '');
  if (naming.problems.length > 0) throw new Refused(naming.problems);
  return resolved;
}

class Naming {
  readonly problems: Problem[] = [];
  readonly #names: Names;
  /** What is being looked through: what contains itself is left to those who read it, who say so. */
  readonly #open = new Set<unknown>();

  constructor(names: Names) {
    this.#names = names;
  }

  resolved(value: unknown, key: string, path: string): unknown {
    const built = builtOf(value);
    if (built !== undefined) return this.resolved(built, key, path);
    const isList = Array.isArray(value);
    if (!(isList || isPlain(value)) || this.#open.has(value)) return value;
    this.#open.add(value);
    const made = isList
      ? value.map((item, n) => this.resolved(item, key, join(path, n)))
      : this.#members(value, key, path);
    this.#open.delete(value);
    return made;
  }

  #members(value: Readonly<Record<string, unknown>>, key: string, path: string): unknown {
    const made: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(value)) {
      const at = join(path, name);
      if (name === 'meta') put(made, name, member);
      else if (key === 'after') put(made, `${this.#delay(name, at)}`, this.resolved(member, '', at));
      else if (name === 'delay' && typeof member === 'string' && (key === 'raise' || key === 'send')) {
        put(made, name, this.#delay(member, at));
      } else put(made, name, this.resolved(member, name, at));
    }
    return key === 'invoke' ? this.#invoked(made) : made;
  }

  #delay(name: string, path: string): string | number {
    const { delays } = this.#names;
    const delay = Object.hasOwn(delays, name) ? delays[name] : name;
    if (typeof delay === 'string' || typeof delay === 'number') return delay;
    this.problems.push({
      code: 'computed-delay',
      message: `the delay ${JSON.stringify(name)} is computed by a function`,
      path,
      hint: 'give it milliseconds or a text like 30s; or raise an event with a delay that is a function',
    });
    return 0;
  }

  /** `src`, where it names a machine, is that machine's id. */
  #invoked(invoke: Readonly<Record<string, unknown>>): unknown {
    const { src, ...rest } = invoke;
    const { machines } = this.#names;
    if (typeof src !== 'string' || !Object.hasOwn(machines, src)) return invoke;
    return { machine: machines[src], id: src, ...rest };
  }
}
