import type { Definition } from '../core/definition.js';
import type { Json } from '../core/json.js';
import type { Implementations, Language, Program } from '../core/language.js';
import { Refused } from '../core/problem.js';
import type { Handler, Handlers } from './handler.js';

/** A definition together with what steps it. */
export interface Steppable {
  readonly definition: Definition;
  readonly language: Language;
  readonly program: Program;
  /** The version of the implementations, journaled with every event. */
  readonly code: string;
}

export interface RegistryOptions {
  readonly languages: readonly Language[];
  /** Named pure functions, by machine. */
  readonly implementations?: Readonly<Record<string, Implementations>>;
  readonly handlers?: Handlers;
  /** Loads what a definition needs, before it is checked or compiled. */
  readonly prepare?: Prepare;
}

/** Called with each definition that is met; may load what only some need. */
export type Prepare = (definition: { readonly source: Json }) => Promise<void>;

/**
 * What this process can do: the languages it speaks, the pure functions and the handlers it has, and so the
 * definitions it can step. What it lacks is lag, not failure (rule 9): those instances are left to others.
 */
export class Registry {
  readonly #languages: ReadonlyMap<string, Language>;
  readonly #implementations: ReadonlyMap<string, Implementations>;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #definitions = new Map<string, Definition>();
  readonly #steppable = new Map<string, Steppable>();
  readonly #invoked = new Map<string, readonly string[]>();
  readonly #missing = new Map<string, string>();
  readonly #taskNames = new Set<string>();
  /** Has what a definition needs loaded. */
  readonly prepare: Prepare;
  #checksEvents = false;

  constructor(options: RegistryOptions) {
    this.#languages = new Map(options.languages.map((language) => [language.name, language]));
    this.#implementations = new Map(Object.entries(options.implementations ?? {}));
    this.prepare = options.prepare ?? (async () => {});
    this.#handlers = new Map(Object.entries(options.handlers ?? {}));
  }

  language(name: string): Language {
    const language = this.#languages.get(name);
    if (language === undefined) {
      throw new Refused({
        code: 'unknown-language',
        message: `there is no language "${name}" here`,
        path: '',
        hint: `known: ${[...this.#languages.keys()].join(', ')}`,
      });
    }
    return language;
  }

  implementations(machine: string): Implementations | undefined {
    return this.#implementations.get(machine);
  }

  /** The same as `add`, once what it needs is loaded. */
  async learn(definition: Definition): Promise<Steppable | undefined> {
    if (!this.knows(definition.hash)) await this.prepare(definition);
    return this.add(definition);
  }

  /** Compiles a definition if this process can; what it lacks is kept for `missing`. */
  add(definition: Definition): Steppable | undefined {
    if (this.knows(definition.hash)) return this.#steppable.get(definition.hash);
    this.#definitions.set(definition.hash, definition);
    try {
      const implementations = this.#implementations.get(definition.machine);
      refuseOtherCode(definition.code, implementations);
      const language = this.language(definition.language);
      const program = language.compile(definition.source, implementations);
      const steppable = { definition, language, program, code: implementations?.version ?? '' };
      this.#steppable.set(definition.hash, steppable);
      for (const task of program.tasks) this.#taskNames.add(task);
      this.#checksEvents ||= program.checksEvents === true;
      return steppable;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#missing.set(definition.hash, error.message);
      return undefined;
    }
  }

  /** Whether any definition here says what events look like. */
  get checksEvents(): boolean {
    return this.#checksEvents;
  }

  steppable(hash: string): Steppable | undefined {
    return this.#steppable.get(hash);
  }

  /** Whether a definition was looked at before. */
  knows(hash: string): boolean {
    return this.#definitions.has(hash);
  }

  definition(hash: string): Definition | undefined {
    return this.#definitions.get(hash);
  }

  /** The machines that a definition invokes by their names. */
  invokes({ hash, language, source }: Definition): readonly string[] {
    let names = this.#invoked.get(hash);
    if (names === undefined) {
      names = this.#languages.get(language)?.invokes?.(source) ?? [];
      this.#invoked.set(hash, names);
    }
    return names;
  }

  /** Why a definition cannot be stepped here; undefined if it can, or was never seen. */
  missing(hash: string): string | undefined {
    return this.#missing.get(hash);
  }

  /** The hashes of everything that can be stepped here. */
  get definitions(): readonly string[] {
    return [...this.#steppable.keys()];
  }

  handler(name: string): Handler | undefined {
    return this.#handlers.get(name);
  }

  get handlerNames(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  /** The tasks that the definitions name that can be stepped here, with a handler or without. */
  get taskNames(): ReadonlySet<string> {
    return this.#taskNames;
  }
}

/** A deploy under way: the code that an instance began with is stepped by that code, here or elsewhere. */
function refuseOtherCode(code: string | undefined, { version, compatible = [] }: Implementations = {}): void {
  if (code === undefined || code === version || compatible.includes(code)) return;
  const here = version === undefined ? 'none is here' : `here is version ${version}`;
  throw new Refused({
    code: 'other-code',
    message: `it needs the implementations of version ${code}, and ${here}`,
    path: '',
    hint: `keep a worker of version ${code}, or name it as compatible`,
  });
}
