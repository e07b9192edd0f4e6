import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { Inspected } from '../analysis/neighbours.js';
import type { Publication } from '../core/engine.js';
import type { Implementations, Language, Program } from '../core/language.js';
import { MAX_DEFINITION_BYTES } from '../core/limits.js';
import { isError, type Problem, Refused } from '../core/problem.js';
import { definitionOf, detectLanguage } from '../formats/definition.js';
import { inOrder, locateProblems, type ParsedSource, parseSource } from '../formats/source.js';
import type { Handlers } from '../runtime/handler.js';
import { prepare } from './ecmascript.js';
import { handlersOf, importModule } from './handler-module.js';
import { machineIn } from './module-machine.js';
import { neighbourFiles } from './neighbour-file.js';

/** Files with our endings in one folder, its subfolders included. */
export const MAX_FOLDER_FILES = 1_000;

/** A machine as a file gave it. */
export interface FileMachine extends Publication {
  readonly file: string;
  /** The task names that it may ask handlers for. */
  readonly tasks: readonly string[];
}

/** Everything that files and folders hold, and everything that is wrong with it, at once. */
export interface DefinitionFiles {
  readonly machines: readonly FileMachine[];
  /** Named pure functions, by machine. */
  readonly implementations: Readonly<Record<string, Implementations>>;
  readonly handlers: Handlers;
  /** Errors, which keep all of it from running, and warnings. */
  readonly problems: readonly Problem[];
  /** What was left out of a folder, and why. */
  readonly notes: readonly string[];
}

export interface ReadOptions {
  /** Those that definitions are checked with. */
  readonly languages: readonly Language[];
  /** A module of handlers, which come before those that the other files have. */
  readonly handlers?: string;
  /** What else there is to say of definitions without errors, which are looked at together. */
  readonly inspect?: Inspect;
  /** Called before the code of a module is run, which may never end. */
  readonly onModule?: (file: string) => void;
}

export type Inspect = (machines: readonly Inspected[]) => readonly (readonly Problem[])[];

/**
 * Reads definitions, and modules that export machines or handlers, from files and folders: `.yaml`, `.yml`,
 * `.json`, `.scxml`, `.js` and `.mjs`. Folders are read with their subfolders, in order of their names, without
 * `node_modules` and names that begin with a dot; what is no definition there is left out with a note, and a
 * module is run only if its text speaks of `createMachine` or `handlers`. A file that was named must be right.
 */
export async function readDefinitionFiles(
  paths: readonly string[],
  options: ReadOptions,
): Promise<DefinitionFiles> {
  const reading = new Reading(options);
  if (options.handlers !== undefined) await reading.handlers(options.handlers);
  for (const path of paths) await reading.path(path);
  return reading.result();
}

const TEXTS = ['.yaml', '.yml', '.json', '.scxml'];
const MODULES = ['.js', '.mjs'];

/** What a text of ours has in it, even where it cannot be parsed. */
const OURS = /<(?:\w+:)?scxml\b|["']?\b(StartAt|States|states|initial)["']?\s*:/;
const OUR_CODE = /\bcreateMachine\b|\bhandlers\b/;

class Reading {
  readonly #options: ReadOptions;
  readonly #seen = new Set<string>();
  readonly #machines: FileMachine[] = [];
  readonly #implementations = new Map<string, Implementations>();
  readonly #handlers = new Map<string, Handlers[string]>();
  readonly #handlerFiles = new Map<string, string>();
  readonly #problems: Problem[] = [];
  readonly #notes: string[] = [];
  readonly #inspected: { readonly machine: Inspected; readonly parsed: ParsedSource }[] = [];

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  result(): DefinitionFiles {
    const findings = this.#options.inspect?.(this.#inspected.map(({ machine }) => machine)) ?? [];
    for (const [n, { parsed }] of this.#inspected.entries())
      this.#problems.push(...locateProblems(findings[n] ?? [], parsed));
    return {
      machines: this.#machines,
      implementations: Object.fromEntries(this.#implementations),
      handlers: Object.fromEntries(this.#handlers),
      problems: inOrder(this.#problems),
      notes: this.#notes,
    };
  }

  async path(path: string): Promise<void> {
    try {
      if ((await stat(path)).isDirectory()) await this.#folder(path);
      else await this.#file(path, true);
    } catch (error) {
      this.#problems.push(unreadable(path, error));
    }
  }

  async handlers(file: string): Promise<void> {
    this.#seen.add(resolve(file));
    try {
      await stat(file);
    } catch (error) {
      this.#problems.push(unreadable(file, error));
      return;
    }
    const exports = await this.#import(file);
    if (exports !== undefined) this.#readHandlers(exports, file);
  }

  async #folder(folder: string): Promise<void> {
    const files: string[] = [];
    await listFiles(folder, files);
    if (files.length > MAX_FOLDER_FILES) {
      const message = `more than ${MAX_FOLDER_FILES} files`;
      this.#problems.push({ code: 'too-many-files', message, path: '', file: folder });
      return;
    }
    for (const file of files) await this.#file(file, false);
    if (files.length === 0) this.#notes.push(`${folder}: no definitions in it`);
  }

  async #file(file: string, named: boolean): Promise<void> {
    const path = resolve(file);
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    const ending = extname(file).toLowerCase();
    if (TEXTS.includes(ending)) {
      const text = await readText(file);
      if (typeof text === 'string') await this.#text(text, file, named);
      else this.#problems.push(text);
    } else if (MODULES.includes(ending)) {
      if (named || OUR_CODE.test(await readFile(file, 'utf8'))) await this.#module(file, named);
    } else if (named) this.#problems.push(unknownEnding(file, ending));
  }

  async #text(text: string, file: string, named: boolean): Promise<void> {
    const parsed = parseSource(text, { file, read: neighbourFiles(file) });
    if (parsed.source === undefined) {
      if (named || OURS.test(text)) this.#problems.push(...parsed.problems);
      else this.#notes.push(`${file}: left out, it cannot be read as a definition`);
      return;
    }
    if (!named && detectLanguage(parsed.source) === undefined) {
      this.#notes.push(`${file}: left out, it is no definition`);
      return;
    }
    const { publication, problems } = definitionOf(parsed.source, file);
    this.#problems.push(...parsed.problems, ...locateProblems(problems, parsed));
    if (publication === undefined) return;
    await prepare(publication);
    this.#add(publication, undefined, parsed);
    for (const { machine, source, locate } of parsed.inner ?? []) {
      await prepare({ source });
      this.#add({ machine, language: 'statechart', source }, undefined, {
        ...parsed,
        locate,
      });
    }
  }

  async #module(file: string, named: boolean): Promise<void> {
    const exports = await this.#import(file);
    if (exports === undefined) return;
    const before = this.#machines.length + this.#problems.length;
    for (const value of new Set(Object.values(exports))) {
      const machine = machineIn(value);
      if (machine === undefined) continue;
      const { publication, problems } = definitionOf(machine.source, file);
      this.#problems.push(...problems.map((problem) => ({ ...problem, file })));
      const parsed = { file, source: machine.source, problems: [], locate: () => undefined };
      if (publication !== undefined) this.#add(publication, machine.implementations, parsed);
      this.#addHandlers(machine.handlers, file);
    }
    const hasHandlers = Object.hasOwn(exports, 'handlers');
    if (hasHandlers) this.#readHandlers(exports, file);
    if (hasHandlers || this.#machines.length + this.#problems.length > before) return;
    const message = 'exports neither a machine made by createMachine nor "handlers"';
    if (named) this.#problems.push({ code: 'not-a-definition', message, path: '', file });
    else this.#notes.push(`${file}: left out, it ${message}`);
  }

  async #import(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    this.#options.onModule?.(file);
    const imported = await importModule(file, resolve(file));
    if ('exports' in imported) return imported.exports;
    this.#problems.push(...imported.problems);
    return undefined;
  }

  #add(publication: Publication, implementations: Implementations | undefined, parsed: ParsedSource): void {
    const { machine } = publication;
    const { file = '' } = parsed;
    const { problems, program } = check(publication, implementations, this.#options.languages);
    const tasks = program?.tasks ?? [];
    this.#problems.push(...locateProblems(problems, parsed));
    if (program !== undefined && this.#options.inspect !== undefined) {
      const { source } = publication;
      this.#inspected.push({ machine: { machine, program, source, implementations }, parsed });
    }
    const other = this.#machines.find((known) => known.machine === machine);
    if (other !== undefined) {
      const message = `the machine "${machine}" is in ${other.file} already`;
      const hint = 'give one of them another id';
      this.#problems.push(
        ...locateProblems([{ code: 'duplicate-machine', message, path: '/id', hint }], parsed),
      );
      return;
    }
    this.#machines.push({ ...publication, file, tasks });
    if (implementations !== undefined) this.#implementations.set(machine, implementations);
  }

  #readHandlers(exports: Readonly<Record<string, unknown>>, file: string): void {
    const { handlers, problems } = handlersOf(exports, file);
    this.#problems.push(...problems);
    this.#addHandlers(handlers, file);
  }

  #addHandlers(handlers: Handlers, file: string): void {
    for (const [name, handler] of Object.entries(handlers)) {
      const other = this.#handlerFiles.get(name);
      if (other === undefined) {
        this.#handlers.set(name, handler);
        this.#handlerFiles.set(name, file);
      } else if (other !== this.#options.handlers) {
        const message = `the handler "${name}" is in ${other} already`;
        this.#problems.push({ code: 'duplicate-handler', message, path: '', file });
      }
    }
  }
}

/** What a language says of a definition, missing implementations included. */
function check(
  { language: name, source }: Publication,
  implementations: Implementations | undefined,
  languages: readonly Language[],
): { readonly problems: readonly Problem[]; readonly program?: Program } {
  const language = languages.find((candidate) => candidate.name === name);
  if (language === undefined) throw new Error(`the language ${name} was not handed in`);
  const problems = language.check(source);
  if (problems.some(isError)) return { problems };
  try {
    return { problems, program: language.compile(source, implementations) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { problems: [...problems, ...error.problems] };
  }
}

/** The files of a folder that may be ours, in order of their names. */
async function listFiles(folder: string, files: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (files.length > MAX_FOLDER_FILES) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await listFiles(path, files);
    else if ([...TEXTS, ...MODULES].includes(extname(entry.name).toLowerCase())) files.push(path);
  }
}

/** A file's text, if it is UTF-8 and no longer than a definition may be. */
export async function readText(file: string): Promise<string | Problem> {
  if ((await stat(file)).size > MAX_DEFINITION_BYTES) {
    const message = `a definition may not exceed ${MAX_DEFINITION_BYTES} bytes`;
    return { code: 'too-large', message, path: '', file };
  }
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { code: 'not-utf8', message: 'the file is not UTF-8 text', path: '', file };
  }
}

function unreadable(file: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { code: 'no-such-file', message: 'there is no such file or folder', path: '', file };
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return { code: 'unreadable', message: 'this user may not read it', path: '', file };
  }
  throw error;
}

function unknownEnding(file: string, ending: string): Problem {
  const hint = ['.ts', '.mts'].includes(ending)
    ? 'compile it to JavaScript first'
    : `definitions end in ${[...TEXTS, ...MODULES].join(', ')}`;
  return { code: 'unknown-file', message: `${basename(file)} is no definition file`, path: '', file, hint };
}
