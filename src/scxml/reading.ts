import { didYouMean, type Problem } from '../core/problem.js';
import type { Element } from './document.js';

/** Gathers what is wrong with a document while it is read, so that all of it is told at once. */
export class Reading {
  readonly problems: Problem[] = [];
  /** Ids that the document has, or that were made up. */
  readonly #ids: Set<string>;
  #made = 0;

  constructor(ids: Iterable<string>) {
    this.#ids = new Set(ids);
  }

  /** An id for a state that has none. */
  freshId(name: string): string {
    let id = '';
    do id = `${name}.${++this.#made}`;
    while (this.#ids.has(id));
    this.#ids.add(id);
    return id;
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

  /** What needs an expression language that is not here. */
  expression(element: Element, text: string): void {
    const message = `the expression ${JSON.stringify(text.trim().slice(0, 60))} needs a datamodel, and only "null" is read so far`;
    this.add(element, 'not-supported', message, { hint: 'In(…) is all that the null datamodel has' });
  }
}

/** Names with blanks between them. */
export function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
