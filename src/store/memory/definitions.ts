import type { Definition, NewDefinition, Version } from '../../core/definition.js';
import type { Json } from '../../core/json.js';

/** Definitions by hash and by machine. A source is kept as text, so that nobody can change it. */
export class Definitions {
  readonly #byHash = new Map<string, Row>();
  readonly #byMachine = new Map<string, Row[]>();

  publish(definition: NewDefinition): Definition {
    const there = this.#byHash.get(definition.hash);
    if (there !== undefined) return read(there);
    const versions = this.#byMachine.get(definition.machine) ?? [];
    const row = { ...definition, version: versions.length + 1, source: JSON.stringify(definition.source) };
    this.#byHash.set(row.hash, row);
    this.#byMachine.set(row.machine, [...versions, row]);
    return read(row);
  }

  get(hash: string): Definition | undefined {
    const row = this.#byHash.get(hash);
    return row && read(row);
  }

  machineOf(hash: string): string | undefined {
    return this.#byHash.get(hash)?.machine;
  }

  latest(machine: string): Definition | undefined {
    const row = this.#byMachine.get(machine)?.at(-1);
    return row && read(row);
  }

  /** By machine and version. */
  all(): Version[] {
    return [...this.#byMachine.keys()]
      .sort()
      .flatMap((machine) => (this.#byMachine.get(machine) ?? []).map(({ source: _, ...version }) => version));
  }
}

type Row = Omit<Definition, 'source'> & { readonly source: string };

function read(row: Row): Definition {
  return { ...row, source: JSON.parse(row.source) as Json };
}
