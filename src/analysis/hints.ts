import { isJsonObject, type Json, put } from '../core/json.js';
import { parse } from '../expression/jsonata/parser.js';
import { type Binary, childrenOf, type Node } from '../expression/jsonata/syntax-tree.js';
import { SourceError } from '../expression/source-error.js';
import { delimitedExpression } from '../expression/template.js';
import { fieldKeys } from './guards/jsonata-condition.js';

/** Values that are tried for what expressions ask for, at most. */
export const MAX_PAYLOADS = 12;

/** What is tried where a value is compared with no constant. */
const UNKNOWN: readonly Json[] = [1, 2];

/** Expressions whose texts are looked through, at most. */
const MAX_TEXTS = 10_000;

/** What expressions say of the values that they read: by keys, constants that each is compared with. */
export class Hints {
  readonly #values = new Map<string, { readonly keys: readonly string[]; readonly values: Json[] }>();
  #texts = 0;

  /** All expressions `{% … %}` in a part of a source. */
  readSource(source: Json | undefined): void {
    if (typeof source === 'string') {
      const text = delimitedExpression(source);
      if (text !== undefined) this.readText(text);
    } else if (typeof source === 'object' && source !== null) {
      for (const member of Object.values(source)) this.readSource(member as Json);
    }
  }

  readText(text: string): void {
    if (++this.#texts > MAX_TEXTS) return;
    try {
      this.#visit(parse(text));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }

  #add(keys: readonly string[], values: readonly Json[]): void {
    const id = JSON.stringify(keys);
    const known = this.#values.get(id) ?? { keys, values: [] };
    this.#values.set(id, known);
    for (const value of values) if (!known.values.includes(value)) known.values.push(value);
  }

  /** That what stands under these keys is read, and perhaps compared with a constant. */
  compare(keys: readonly string[], value: Json | undefined): void {
    this.#add(keys, value === undefined ? [] : near(value, '='));
  }

  /**
   * Values in which everything is there that is read below these keys. The first has the first value of each; the others
   * differ from it in one. None where nothing is read.
   */
  below(root: readonly string[]): readonly Json[] {
    const read = [...this.#values.values()].flatMap(({ keys, values }) => {
      const isBelow = root.every((key, n) => keys[n] === key);
      return isBelow
        ? [{ keys: keys.slice(root.length), values: values.length === 0 ? UNKNOWN : values }]
        : [];
    });
    const leaves = read.filter(({ keys }) => !read.some((other) => isLonger(other.keys, keys)));
    if (leaves.length === 0) return [];
    const base = made(leaves.map(({ keys, values: [first = 1] }) => ({ keys, value: first })));
    const variants = leaves.flatMap(({ keys, values }) =>
      values.slice(1).map((value) =>
        made(
          leaves.map((leaf) => ({
            keys: leaf.keys,
            value: leaf.keys === keys ? value : (leaf.values[0] ?? 1),
          })),
        ),
      ),
    );
    return [base, ...variants].slice(0, MAX_PAYLOADS);
  }

  #visit(node: Node): void {
    const keys = fieldKeys(node);
    if (keys !== undefined) {
      this.#add(keys, []);
      return;
    }
    if (node.type === 'binary') this.#compare(node);
    for (const child of childrenOf(node)) this.#visit(child);
  }

  #compare({ left, right, operator }: Binary): void {
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const keys = fieldKeys(side);
      if (keys === undefined) continue;
      if (other.type === 'literal') this.#add(keys, near(other.value, operator));
      if (other.type === 'array') {
        for (const item of other.items) if (item.type === 'literal') this.#add(keys, near(item.value, '='));
      }
    }
  }
}

/**
 * A constant, and what lies on both sides of it.
 *
 * @example
 * near(3, '>'); // => [3, 4, 2]
 */
export function near(value: Json, operator: string): readonly Json[] {
  if (typeof value === 'boolean') return [value, !value];
  if (typeof value === 'string') return [value, `not ${value}`];
  if (typeof value !== 'number') return [value];
  return ['+', '-', '*', '/', '%'].includes(operator) ? [] : [value, value + 1, value - 1];
}

function isLonger(keys: readonly string[], than: readonly string[]): boolean {
  return keys.length > than.length && than.every((key, n) => keys[n] === key);
}

/** An object in which values stand under keys; the value itself where there are none. */
function made(leaves: readonly { readonly keys: readonly string[]; readonly value: Json }[]): Json {
  const root: Record<string, Json> = {};
  for (const { keys, value } of leaves) {
    const last = keys.at(-1);
    if (last === undefined) return value;
    let at = root;
    for (const key of keys.slice(0, -1)) {
      const known = Object.hasOwn(at, key) ? at[key] : undefined;
      const inner = isJsonObject(known) ? (known as Record<string, Json>) : {};
      put(at, key, inner);
      at = inner;
    }
    put(at, last, value);
  }
  return root;
}
