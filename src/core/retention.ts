import { type Duration, parseDuration } from './duration.js';
import { isJsonObject, type Json, type JsonObject } from './json.js';
import { didYouMean, type Problem, Refused } from './problem.js';

/** How long what nobody needs is kept: a duration, or `forever`, which is also what holds where nothing is said. */
export type Keep = Duration;

/** What can be kept differently for the instances of one machine. */
export interface MachineRetention {
  /** Since an instance ended, with everything of its own and its children. */
  readonly instances?: Keep;
  /** Since a job ended. */
  readonly jobs?: Keep;
  /** Since an entry was written, of instances that stay; what the newest old snapshot stands for is trimmed. */
  readonly journals?: Keep;
}

/**
 * How long everything is kept. By default nothing is ever deleted.
 *
 * @example
 * const retention: Retention = { instances: '30d', jobs: '7d', machines: { order: { instances: '1y' } } };
 * sweepRules(retention).length; // => 3
 */
export interface Retention extends MachineRetention {
  /** Since messages to an instance that never came were given up on. */
  readonly letters?: Keep;
  /** By machine, instead of what holds for all. */
  readonly machines?: Readonly<Record<string, MachineRetention>>;
}

/** What is deleted at which age: of these machines, or of all but those. */
export interface SweepRule {
  readonly what: 'instances' | 'journals' | 'jobs' | 'letters';
  readonly ageMs: number;
  readonly machines?: readonly string[];
  readonly exceptMachines?: readonly string[];
}

const OF_MACHINES = ['instances', 'jobs', 'journals'] as const;
const OF_ALL = [...OF_MACHINES, 'letters'] as const;

const FOREVER = 'forever';

/** What a retention comes to, one rule after the other. Throws Refused with every problem (`retention-invalid`). */
export function sweepRules(retention: Retention): readonly SweepRule[] {
  const problems: Problem[] = [];
  const reader = new RetentionReader(problems);
  const rules = reader.rules(retention as unknown as Json);
  if (problems.length > 0) throw new Refused(problems);
  return rules;
}

class RetentionReader {
  readonly #problems: Problem[];

  constructor(problems: Problem[]) {
    this.#problems = problems;
  }

  rules(retention: Json): SweepRule[] {
    const source = this.#object(retention, '', [...OF_ALL, 'machines']);
    const machines = new Map<string, JsonObject>();
    const own = source['machines'];
    for (const [machine, ages] of Object.entries(own === undefined ? {} : this.#object(own, '/machines'))) {
      machines.set(machine, this.#object(ages, pathOf(machine), OF_MACHINES));
    }
    const rules: SweepRule[] = [];
    for (const what of OF_ALL) {
      const apart: string[] = [];
      for (const [machine, ages] of machines) {
        if (ages[what] === undefined) continue;
        apart.push(machine);
        const ageMs = this.#age(ages[what], `${pathOf(machine)}/${what}`);
        if (ageMs !== undefined) rules.push({ what, ageMs, machines: [machine] });
      }
      const ageMs = source[what] === undefined ? undefined : this.#age(source[what], `/${what}`);
      const except = apart.length === 0 ? {} : { exceptMachines: apart };
      if (ageMs !== undefined) rules.push({ what, ageMs, ...except });
    }
    return rules;
  }

  #object(value: Json, path: string, known?: readonly string[]): JsonObject {
    if (!isJsonObject(value)) {
      this.#complain(path, 'a retention has members, such as instances: 30d');
      return {};
    }
    for (const name of Object.keys(value)) {
      if (known === undefined || known.includes(name)) continue;
      const hint = didYouMean(name, known).hint ?? `known: ${known.join(', ')}`;
      this.#complain(`${path}/${name}`, `"${name}" is nothing that is kept for a time`, hint);
    }
    return value;
  }

  /** Milliseconds; undefined for ever. */
  #age(value: Json, path: string): number | undefined {
    if (value === FOREVER) return undefined;
    const duration = parseDuration(value);
    if ('value' in duration) return duration.value;
    this.#complain(path, duration.problem.message, 'write 30d, 12h, 1y, or forever');
    return undefined;
  }

  #complain(path: string, message: string, hint?: string): void {
    this.#problems.push({
      code: 'retention-invalid',
      message,
      path,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function pathOf(machine: string): string {
  return `/machines/${machine.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
