import { put } from '../core/json.js';

/** Contexts of at most so many fields are copied field by field; larger ones by the engine's own spread, which is slower. */
export const MAX_COPIED_FIELDS = 8;

type Fields = Record<string, unknown>;
type Copy = (from: Readonly<Fields>) => Fields;
type Set = (to: Fields, field: string, value: unknown) => void;

/**
 * How the contexts of one machine are copied. As long as all of them have the same fields, a copy is written
 * out field by field: several times as fast as `{ ...context }`, which is most of what an assign costs. The
 * first context tells the fields; one that differs ends it for good, and spread serves from then on.
 */
export class ContextShape {
  copy: Copy = spread;
  /** Sets a field of a copy. */
  set: Set = put as Set;
  #fields: readonly string[] | undefined = undefined;
  #uniform = true;
  readonly #assigned = new Set<string>();

  /** Told of every assign of the machine before it runs: those that may add any field rule the short cut out. */
  assigns(field: string | undefined): void {
    if (field === undefined) this.#uniform = false;
    else this.#assigned.add(field);
  }

  /** Told of every context that does not come from a copy. */
  meet(context: object): void {
    if (!this.#uniform) return;
    const fields = Object.keys(context);
    if (this.#fields === undefined) {
      this.#fields = fields;
      this.#uniform =
        isPlain(context, fields) && [...this.#assigned].every((field) => fields.includes(field));
      if (this.#uniform) {
        this.copy = copierOf(fields);
        this.set = setterOf(fields);
      }
    } else if (!sameFields(fields, this.#fields)) {
      this.#uniform = false;
      this.copy = spread;
      this.set = put as Set;
    }
  }
}

function spread(from: Readonly<Fields>): Fields {
  return { ...from };
}

function isPlain(context: object, fields: readonly string[]): boolean {
  return (
    fields.length <= MAX_COPIED_FIELDS &&
    !fields.includes('__proto__') &&
    Object.getOwnPropertySymbols(context).length === 0
  );
}

function sameFields(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((field, index) => field === others[index]);
}

/** A copier of its own for each number of fields: there the engine sees the same names at the same places. */
function copierOf(fields: readonly string[]): Copy {
  return COPIERS[fields.length]?.(...fields) ?? spread;
}

/** So is this; nothing but the fields that all contexts have is ever set. */
function setterOf([a, b, c, d, e, f, g, h]: readonly string[]): Set {
  return (to, field, value) => {
    if (field === a) to[a] = value;
    else if (field === b) to[b] = value;
    else if (field === c) to[c] = value;
    else if (field === d) to[d] = value;
    else if (field === e) to[e] = value;
    else if (field === f) to[f] = value;
    else if (field === g) to[g] = value;
    else if (field === h) to[h] = value;
  };
}

/** Spelled out for each number of fields: a loop would show the engine all names at one place, and cost as much as spread. */
const COPIERS: readonly ((...fields: readonly string[]) => Copy)[] = [
  () => () => ({}),
  (a = '') =>
    (from) => {
      const to: Fields = {};
      to[a] = from[a];
      return to;
    },
  (a = '', b = '') =>
    (from) => {
      const to: Fields = {};
      to[a] = from[a];
      to[b] = from[b];
      return to;
    },
  (a = '', b = '', c = '') =>
    (from) => {
      const to: Fields = {};
      to[a] = from[a];
      to[b] = from[b];
      to[c] = from[c];
      return to;
    },
  (a = '', b = '', c = '', d = '') =>
    (from) => {
      const to: Fields = {};
      to[a] = from[a];
      to[b] = from[b];
      to[c] = from[c];
      to[d] = from[d];
      return to;
    },
  (a = '', b = '', c = '', d = '', e = '') =>
    (from) => {
      const to: Fields = {};
      to[a] = from[a];
      to[b] = from[b];
      to[c] = from[c];
      to[d] = from[d];
      to[e] = from[e];
      return to;
    },
  (a = '', b = '', c = '', d = '', e = '', f = '') =>
    (from) => {
      const to: Fields = {};
      to[a] = from[a];
      to[b] = from[b];
      to[c] = from[c];
      to[d] = from[d];
      to[e] = from[e];
      to[f] = from[f];
      return to;
    },
  (a = '', b = '', c = '', d = '', e = '', f = '', g = '') =>
    (from) => {
      const to: Fields = {};
      to[a] = from[a];
      to[b] = from[b];
      to[c] = from[c];
      to[d] = from[d];
      to[e] = from[e];
      to[f] = from[f];
      to[g] = from[g];
      return to;
    },
  (a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = '') =>
    (from) => {
      const to: Fields = {};
      to[a] = from[a];
      to[b] = from[b];
      to[c] = from[c];
      to[d] = from[d];
      to[e] = from[e];
      to[f] = from[f];
      to[g] = from[g];
      to[h] = from[h];
      return to;
    },
];
