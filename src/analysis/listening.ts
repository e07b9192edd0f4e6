import type { StatechartProgram } from '../statechart/compile.js';

/** Which events any transition of a machine takes, or what it has invoked is sent on. */
export class Listening {
  readonly #descriptors: readonly string[];
  readonly #dialect: StatechartProgram['space']['dialect'];

  constructor({ nodes, space }: StatechartProgram) {
    this.#dialect = space.dialect;
    const taken = nodes.flatMap(({ on }) => on.flatMap(({ descriptors }) => descriptors));
    const forwarded = nodes.flatMap(({ forwards }) => forwards.map(({ descriptor }) => descriptor));
    this.#descriptors = [...new Set([...taken, ...forwarded])];
  }

  takes(name: string): boolean {
    return this.#descriptors.some((descriptor) => this.#dialect.matches(descriptor, name));
  }

  /** Whether it takes any event that a descriptor stands for, as another machine wrote it: `card.*`, `*`. */
  takesAny(descriptor: string): boolean {
    if (descriptor === '*') return this.names.length > 0;
    const prefix = descriptor.endsWith('.*') ? descriptor.slice(0, -2) : undefined;
    if (prefix === undefined) return this.takes(descriptor);
    return this.takes(prefix) || this.#descriptors.some((own) => own.startsWith(`${prefix}.`));
  }

  /** The events that it takes by their full names, but those of its own. */
  get names(): readonly string[] {
    return this.#descriptors.filter((descriptor) => !descriptor.startsWith('xstate.'));
  }
}
