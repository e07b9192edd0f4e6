import type { Publication } from '../core/engine.js';
import { toJson } from '../core/json.js';
import type { Implementations } from '../core/language.js';
import { isError, type Problem, Refused } from '../core/problem.js';
import { definitionOf } from '../formats/definition.js';
import { locateProblems, parseSource } from '../formats/source.js';
import type { Handlers } from '../runtime/handler.js';
import { readDefinitionFiles } from './definition-file.js';
import { LANGUAGES } from './languages.js';
import { machineIn } from './module-machine.js';

/** A definition as a program has it: an object, a text in YAML or JSON, a path, or what createMachine returns. */
export type DefinitionInput = string | object;

/** What definitions bring along, and what is wrong with them. */
export class Collection {
  readonly publications: Publication[] = [];
  readonly implementations: Record<string, Implementations> = {};
  readonly handlers = new Map<string, Handlers[string]>();
  readonly #problems: Problem[] = [];
  /** Machines that another one brought along may be given themselves, too. */
  readonly #seen = new Set<unknown>();

  /** Reads every definition; throws Refused with all that is wrong with all of them. */
  static async of(definitions: readonly DefinitionInput[]): Promise<Collection> {
    const collection = new Collection();
    for (const definition of definitions) {
      if (typeof definition !== 'string') {
        if (!collection.#seen.has(definition)) collection.#value(definition);
      } else if (isText(definition)) collection.#text(definition);
      else await collection.#path(definition);
    }
    const errors = collection.#problems.filter(isError);
    if (errors.length > 0) throw new Refused(errors);
    return collection;
  }

  /** Takes up handlers. The same name may come again with the same function, and with no other. */
  add(handlers: Handlers): void {
    for (const [name, handler] of Object.entries(handlers)) {
      const known = this.handlers.get(name);
      if (known !== undefined && known !== handler) {
        const message = `there are two handlers "${name}"`;
        const hint = 'one process has one handler for a name: call them by two names';
        this.#problems.push({ code: 'duplicate-handler', message, path: '', hint });
      }
      this.handlers.set(name, handler);
    }
  }

  #value(definition: object): void {
    this.#seen.add(definition);
    const machine = machineIn(definition);
    const checked = toJson(machine?.source ?? definition);
    if ('problem' in checked) {
      this.#problems.push(checked.problem);
      return;
    }
    const { publication, problems } = definitionOf(checked.value, '');
    this.#problems.push(...problems);
    if (publication === undefined) return;
    this.publications.push(publication);
    if (machine === undefined) return;
    this.implementations[publication.machine] = machine.implementations;
    this.add(machine.handlers);
    for (const inner of machine.machines) {
      if (machineIn(inner) !== undefined && !this.#seen.has(inner)) this.#value(inner as object);
    }
  }

  #text(text: string): void {
    const parsed = parseSource(text, { file: '' });
    this.#problems.push(...parsed.problems);
    if (parsed.source === undefined) return;
    const { publication, problems } = definitionOf(parsed.source, '');
    this.#problems.push(...locateProblems(problems, parsed));
    if (publication !== undefined) this.publications.push(publication);
    for (const { machine, source } of parsed.inner ?? [])
      this.publications.push({ machine, language: 'statechart', source });
  }

  async #path(path: string): Promise<void> {
    const files = await readDefinitionFiles([path], { languages: LANGUAGES });
    this.#problems.push(...files.problems);
    this.publications.push(...files.machines);
    Object.assign(this.implementations, files.implementations);
    this.add(files.handlers);
  }
}

/** A definition's text has lines or braces; a path has neither. */
function isText(definition: string): boolean {
  return /[\n{<]/.test(definition);
}
