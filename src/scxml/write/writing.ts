import { escapePointer, isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import type { Problem } from '../../core/problem.js';
import { delimitedExpression } from '../../expression/template.js';
import { type Tag, tagOf } from './xml.js';

/** Whose expressions a document has. */
export type WrittenDatamodel = 'ecmascript' | 'jsonata' | 'null';

/** Gathers what SCXML has no words for. */
export class Writing {
  readonly problems: Problem[] = [];
  readonly datamodel: WrittenDatamodel;
  /** Whether anything is told that only this engine understands. */
  isExtended = false;
  /** Whether there is anything that a document without a datamodel cannot hold. */
  needsData = false;
  /** Whether the document has to say that it has none: else it would be taken for one with `ecmascript`. */
  saysNone = false;

  constructor(datamodel: WrittenDatamodel) {
    this.datamodel = datamodel;
  }

  /** An attribute of our own. */
  attribute(name: string, text: string): Readonly<Record<string, string>> {
    this.isExtended = true;
    return { [`detent:${name}`]: text };
  }

  /** Members as attributes of our own: texts as they are, all else as JSON. */
  extensions(object: JsonObject, names: readonly string[]): Readonly<Record<string, string>> {
    return Object.assign(
      {},
      ...names.map((name) => {
        const value = own(object, name);
        if (value === undefined) return {};
        const isPlain = typeof value === 'string' && !isJson(value);
        return this.attribute(name, isPlain ? value : JSON.stringify(value));
      }),
    );
  }

  refuse(path: string, what: string): void {
    this.problems.push({ code: 'not-in-scxml', message: `SCXML has no ${what}`, path });
  }

  /** An object that has no keys but these. */
  object(value: Json | undefined, path: string, what: string, known: readonly string[]): JsonObject {
    if (value === undefined || !isJsonObject(value)) {
      this.refuse(path, `${what} like this`);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) this.refuse(join(path, key), `"${key}" of ${what}`);
    }
    return value;
  }

  /** Whether the expressions are JSONata's, as they are wherever something has to be worked out that is not JavaScript. */
  get isJsonata(): boolean {
    this.needsData = true;
    return this.datamodel !== 'ecmascript';
  }

  text(value: Json | undefined, path: string): string {
    if (typeof value === 'string') return value;
    this.refuse(path, 'value like this here');
    return '';
  }

  /** An attribute for a text, its twin for an expression. */
  either(
    value: Json | undefined,
    name: string,
    path: string,
    twin = `${name}expr`,
  ): Readonly<Record<string, string>> {
    if (value === undefined) return {};
    const text = this.text(value, path);
    const expression = delimitedExpression(text);
    if (expression !== undefined) this.needsData = true;
    return expression === undefined ? { [name]: text } : { [twin]: expression };
  }

  expression(value: Json | undefined, path: string): string {
    const expression = typeof value === 'string' ? delimitedExpression(value) : undefined;
    if (expression === undefined) this.refuse(path, 'constant here');
    return expression ?? '';
  }

  /** A value in an element of its own: `expr`, or what stands inside. */
  valued(name: string, attributes: Tag['attributes'], value: Json, path: string): Tag {
    const { isJsonata } = this;
    const expression = typeof value === 'string' ? delimitedExpression(value) : undefined;
    if (expression !== undefined) return { name, attributes: { ...attributes, expr: expression } };
    const tree = isJsonObject(value) && Object.hasOwn(value, '$xml') ? tagOf(value['$xml']) : undefined;
    if (tree !== undefined)
      return { name, ...(attributes === undefined ? {} : { attributes }), children: [tree] };
    if (!isJsonata && holdsExpressions(value)) this.refuse(path, 'value that is partly an expression');
    const isPlain =
      typeof value === 'string' && value === value.trim().split(/\s+/).join(' ') && !isJson(value);
    return {
      name,
      ...(attributes === undefined ? {} : { attributes }),
      children: [isPlain ? value : JSON.stringify(value)],
    };
  }

  /** Members that are the variables of their names; undefined where they are not. */
  namelist(value: Json | undefined): string | undefined {
    if (value === undefined || !isJsonObject(value) || Object.keys(value).length === 0) return undefined;
    if (this.isJsonata) return undefined;
    const isList = Object.entries(value).every(
      ([name, member]) =>
        typeof member === 'string' && delimitedExpression(member) === name && !/\s/.test(name),
    );
    return isList ? Object.keys(value).join(' ') : undefined;
  }

  params(value: Json | undefined, path: string): Tag[] {
    if (value === undefined) return [];
    this.needsData = true;
    return Object.entries(isJsonObject(value) ? value : {}).map(([name, member]) => ({
      name: 'param',
      attributes: { name, expr: this.expression(member, join(path, name)) },
    }));
  }
}

function holdsExpressions(value: Json): boolean {
  if (typeof value === 'string') return delimitedExpression(value) !== undefined;
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((inner: Json) => holdsExpressions(inner))
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function join(path: string, key: string | number): string {
  return `${path}/${escapePointer(String(key))}`;
}

export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}
