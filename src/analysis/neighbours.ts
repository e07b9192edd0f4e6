import { isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import type { Implementations, Program } from '../core/language.js';
import type { StatechartProgram } from '../statechart/compile.js';
import { Listening } from './listening.js';

/** A machine as it is looked at beside others. */
export interface Inspected {
  readonly machine: string;
  readonly program: Program;
  readonly source: Json;
  readonly implementations?: Implementations | undefined;
}

/** Machines that are looked at together, and what each says that it takes. */
export class Neighbours {
  readonly #machines = new Map<string, Neighbour>();
  readonly #parents = new Map<string, Set<string>>();

  constructor(machines: readonly Inspected[]) {
    for (const { machine, program, source } of machines) {
      if (this.#machines.has(machine)) continue;
      this.#machines.set(machine, new Neighbour(machine, program, source));
      if (!isChart(program)) continue;
      for (const { chart } of program.nodes) {
        for (const { kind, src } of chart.invoke) if (kind === 'machine') this.#adopt(src, machine);
      }
    }
  }

  get names(): Iterable<string> {
    return this.#machines.keys();
  }

  of(machine: string): Neighbour | undefined {
    return this.#machines.get(machine);
  }

  /** Those that invoke a machine by its name. */
  parentsOf(machine: string): readonly Neighbour[] {
    const parents = [...(this.#parents.get(machine) ?? [])];
    return parents.flatMap((name) => this.#machines.get(name) ?? []);
  }

  #adopt(child: string, parent: string): void {
    const parents = this.#parents.get(child) ?? new Set();
    this.#parents.set(child, parents.add(parent));
  }
}

/** One of them. A workflow takes no events. */
export class Neighbour {
  readonly name: string;
  readonly #source: Json;
  readonly #listening: Listening | undefined;

  constructor(name: string, program: Program, source: Json) {
    this.name = name;
    this.#source = source;
    this.#listening = isChart(program) ? new Listening(program) : undefined;
  }

  takes(event: string): boolean {
    return this.#listening?.takes(event) === true;
  }

  takesAny(descriptor: string): boolean {
    return this.#listening?.takesAny(descriptor) === true;
  }

  /** The names of events that it takes. */
  get events(): readonly string[] {
    return this.#listening?.names ?? [];
  }

  /** The schema of what comes with an event, if it has one. */
  eventSchema(event: string): Json | undefined {
    return member(member(this.#source, 'events'), event);
  }

  inputSchema(): Json | undefined {
    return member(member(this.#source, 'schemas'), 'input');
  }
}

/** By its shape too: a language of the same name may be another's. */
export function isChart(program: Program): program is StatechartProgram {
  return program.language === 'statechart' && 'space' in program;
}

function member(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) ? own(value as JsonObject, key) : undefined;
}
