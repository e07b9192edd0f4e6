import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import { didYouMean, type Problem } from '../core/problem.js';
import type { Element } from './document.js';

export interface ReadOptions {
  /** What the machine is called where the document has no name: that of its file. */
  readonly name?: string;
  /** The text of another file that the document speaks of by its address; undefined where there is none. */
  readonly read?: (address: string) => string | undefined;
}

/** A document within the document, as a machine of its own. */
export interface Inner {
  readonly machine: string;
  readonly element: Element;
}

/** Gathers what is wrong with a document while it is read, so that all of it is told at once. */
export class Reading {
  readonly problems: Problem[] = [];
  /** Whether it has expressions that need a datamodel. */
  readonly isScripted: boolean;
  /** Whether it says that it has none. */
  readonly isNull: boolean;
  /** Whether its expressions are JSONata's, over `context` and `event`. */
  readonly isJsonata: boolean;
  readonly isLate: boolean;
  readonly machine: string;
  readonly inner: Inner[] = [];
  readonly options: ReadOptions;
  readonly #places = new WeakMap<object, Element>();
  /** Ids that the document has, or that were made up. */
  readonly #ids: Set<string>;
  #made = 0;

  constructor(root: Element, machine: string, options: ReadOptions) {
    this.#ids = new Set(idsOf(root));
    this.isNull = root.attribute('datamodel') === 'null';
    this.isJsonata = root.attribute('datamodel') === 'jsonata';
    this.isScripted = !this.isNull && !this.isJsonata && needsScripts(root);
    this.isLate = root.attribute('binding') === 'late';
    this.machine = machine;
    this.options = options;
  }

  /** An id for a state that has none. */
  freshId(name: string): string {
    let id = '';
    do id = `${name}.${++this.#made}`;
    while (this.#ids.has(id));
    this.#ids.add(id);
    return id;
  }

  /** Remembers where a part of the source comes from. */
  from<T extends Json>(element: Element, part: T): T {
    if (typeof part === 'object' && part !== null) this.#places.set(part, element);
    return part;
  }

  /** The element that the value at a pointer comes from, or the nearest one around it. */
  locate(source: Json, path: string): Element | undefined {
    let [at, found]: [Json | undefined, Element | undefined] = [source, undefined];
    for (const key of path.split('/')) {
      if (key !== '') at = memberOf(at, key.replaceAll('~1', '/').replaceAll('~0', '~'));
      if (typeof at !== 'object' || at === null) return found;
      found = this.#places.get(at) ?? found;
    }
    return found;
  }

  add(element: Element, code: string, message: string, hint?: { readonly hint?: string }): void {
    const { line, column } = element;
    this.problems.push({ code, message, path: '', line, column, ...hint });
  }

  /** An attribute that has to be there. */
  needed(element: Element, name: string): string {
    const value = element.attribute(name);
    if (value === undefined) this.add(element, 'missing', `<${element.name}> needs the attribute "${name}"`);
    return value ?? '';
  }

  /** Of two attributes the one that is there; both, or neither where one is needed, are a problem. */
  either(
    element: Element,
    names: readonly [string, string],
  ): readonly [string | undefined, string | undefined] {
    const [a, b] = names.map((name) => element.attribute(name));
    if (a !== undefined && b !== undefined) {
      this.add(element, 'attributes', `<${element.name}> has both "${names[0]}" and "${names[1]}"`);
    }
    return [a, b];
  }

  /** Says of attributes that an element does not have here why that is. */
  known(element: Element, names: readonly string[]): void {
    for (const name of element.attributeNames) {
      if (names.includes(name) || name.includes(':') || name === 'xmlns') continue;
      const message = `<${element.name}> has no attribute "${name}" here`;
      this.add(element, 'unknown-attribute', message, didYouMean(name, names));
    }
  }

  unknown(element: Element, within: string, names: readonly string[]): void {
    const message = `<${element.name}> has no place in <${within}>`;
    this.add(element, 'unknown-element', message, didYouMean(element.name, names));
  }

  /** An expression, as a definition has it. */
  expression(element: Element, text: string): string {
    if (this.isNull) {
      const shown = JSON.stringify(text.trim().slice(0, 60));
      const message = `the expression ${shown} needs a datamodel, and this document says that it has none`;
      this.add(element, 'not-supported', message, { hint: 'In(…) is all that the null datamodel has' });
    }
    return `{% ${text.trim()} %}`;
  }

  /** The text of another file. */
  file(element: Element, address: string): string | undefined {
    const text = this.options.read?.(address);
    if (text === undefined)
      this.add(element, 'no-such-file', `${JSON.stringify(address)} cannot be read from here`);
    return text;
  }

  /** The machine that a document within this one becomes. */
  innerMachine(element: Element, name: string | undefined): string {
    const known = this.inner.find((one) => one.element === element);
    if (known !== undefined) return known.machine;
    const taken = (machine: string) => this.inner.some((one) => one.machine === machine);
    const wanted = `${this.machine}.${element.attribute('name') ?? name ?? this.inner.length + 1}`;
    const machine = taken(wanted) ? `${wanted}.${this.inner.length + 1}` : wanted;
    this.inner.push({ machine, element });
    return machine;
  }
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (value !== undefined && isJsonArray(value)) return value[Number(key)];
  return value !== undefined && isJsonObject(value) ? own(value, key) : undefined;
}

function idsOf(element: Element): string[] {
  const id = element.attribute('id');
  return [...(id === undefined ? [] : [id]), ...element.children.flatMap(idsOf)];
}

/** Elements and attributes that are about data. */
const SCRIPTED = ['script', 'data', 'assign', 'foreach', 'param', 'content', 'invoke'];
const EXPRESSIONS = /expr$|^(namelist|idlocation|location)$/;

function needsScripts(element: Element): boolean {
  if (SCRIPTED.includes(element.name) || element.attributeNames.some((name) => EXPRESSIONS.test(name)))
    return true;
  const cond = element.attribute('cond');
  if (cond !== undefined && inPredicate(cond) === undefined) return true;
  const target = element.name === 'send' ? element.attribute('target') : undefined;
  if (target !== undefined && target !== '#_internal') return true;
  return element.children.some(needsScripts);
}

/** The state that `In(…)` asks for, where a condition is nothing else (SCXML B.1). */
export function inPredicate(cond: string): string | undefined {
  const [, single, double, bare] = /^\s*In\(\s*(?:'([^']*)'|"([^"]*)"|([\w.-]+))\s*\)\s*$/.exec(cond) ?? [];
  return single ?? double ?? bare;
}

/** Names with blanks between them. */
export function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** A text as a constant, even where it looks like an expression. */
export function constantOf(value: Json): Json {
  const isSuspect =
    typeof value === 'string' && (value.trim().startsWith('{') || value.trim().endsWith('%}'));
  return isSuspect && /^\s*\{[%@]|%\}\s*$/.test(value) ? `{% ${JSON.stringify(value)} %}` : value;
}

/** What inline content is: XML as data, JSON, or a text without needless blanks (SCXML B.2). */
export function inlineValue(reading: Reading, element: Element): Json {
  const [tree] = element.trees();
  if (tree !== undefined) {
    const [document] = element.children.filter(({ name }) => name === 'scxml');
    return document === undefined
      ? { $xml: tree }
      : { $xml: tree, machine: reading.innerMachine(document, undefined) };
  }
  return textValue(element.text);
}

export function textValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return constantOf(wordsOf(text).join(' '));
  }
}

/** What an attribute of our own says: JSON, or a text. */
export function extensionValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Members that are kept in attributes of our own. */
export function extensions(element: Element, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = element.extension(name);
      return text === undefined ? [] : [[name, extensionValue(text)] as const];
    }),
  );
}

/** Members of an object, without those that are absent. */
export function present(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject;
}
