import { isJsonArray, isJsonObject, type Json, type JsonObject, own, put } from './json.js';
import type { Step } from './language.js';

/** What stands where something is not shown. */
export const HIDDEN = '[sensitive]';

/** The shortest text that is hidden within others: a shorter one would be found everywhere. */
export const MIN_HIDDEN_LENGTH = 4;

const DATA = ['data', 'output', 'value'];

/** Where what nobody is to be shown stands in data: `card.number` is that of a context, an event's data, an input, an output. */
export type SensitivePaths = readonly string[];

/**
 * Hides what stands under sensitive paths, and whatever else has one of the values that stood there: what is copied
 * from field to field, computed into a text or said by an error is found by what it is. Numbers are found from four
 * digits on, texts wherever they are the whole of a value, and within others from four characters on.
 *
 * @example
 * const hiding = new Hiding(['card.number'], [{ card: { number: '4111-1111' } }]);
 * hiding.at({ card: { number: '4111-1111', owner: 'A' } }); // => { card: { number: '[sensitive]', owner: 'A' } }
 * hiding.in({ message: 'no card 4111-1111' }); // => { message: 'no card [sensitive]' }
 */
export class Hiding {
  readonly #paths: readonly (readonly string[])[];
  readonly #whole = new Set<Json>();
  readonly #parts: string[] = [];

  constructor(paths: SensitivePaths, roots: readonly Json[]) {
    this.#paths = paths.map((path) => path.split('.'));
    for (const root of roots) for (const path of this.#paths) this.#learn(valueAt(root, path));
    // The longest first: one may be part of another.
    this.#parts = [...this.#whole]
      .filter((value) => String(value).length >= MIN_HIDDEN_LENGTH)
      .map(String)
      .sort((a, b) => b.length - a.length);
  }

  #learn(value: Json | undefined): void {
    if (typeof value === 'string' && value !== '') this.#whole.add(value);
    else if (typeof value === 'number' && String(value).length >= MIN_HIDDEN_LENGTH) this.#whole.add(value);
    else if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) this.#learn(inner);
  }

  /** A context, an event's data, an input, an output: what stands under the paths, and what is like it. */
  at(root: Json): Json {
    return this.in(this.#paths.reduce((value, path) => without(value, path), root));
  }

  /** Any other data. */
  in<T extends Json>(value: T): T {
    return (this.#whole.size === 0 ? value : this.#visit(value)) as T;
  }

  #visit(value: Json): Json {
    if (this.#whole.has(value)) return HIDDEN;
    if (typeof value === 'string')
      return this.#parts.reduce((text, part) => text.replaceAll(part, HIDDEN), value);
    if (isJsonArray(value)) return value.map((item) => this.#visit(item));
    if (!isJsonObject(value)) return value;
    const copy: Record<string, Json> = {};
    for (const key of Object.keys(value)) put(copy, key, this.#visit(own(value, key) ?? null));
    return copy;
  }

  /** Of what is told, these members are data of the machine's. */
  #told(data: JsonObject): JsonObject {
    const copy: Record<string, Json> = {};
    for (const key of Object.keys(data)) {
      const value = own(data, key) ?? null;
      put(copy, key, DATA.includes(key) ? this.at(value) : this.in(value));
    }
    return copy;
  }

  /** What a step has to tell. Its state and its effects are not touched. */
  step(step: Step): Step {
    const history = step.history.map(({ type, data }) => ({ type, data: this.#told(data) }));
    const { outcome } = step;
    if (outcome.kind !== 'rejected') return { ...step, history };
    const { message, hint, ...rest } = outcome.problem;
    const told = hint === undefined ? {} : { hint: this.in(hint) };
    return {
      ...step,
      history,
      outcome: { kind: 'rejected', problem: { ...rest, message: this.in(message), ...told } },
    };
  }
}

function valueAt(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const key of path) value = isJsonObject(value) ? own(value, key) : undefined;
  return value;
}

/** A copy in which what stands at a path is hidden; itself where nothing does. */
function without(value: Json, [key, ...rest]: readonly string[]): Json {
  if (key === undefined) return HIDDEN;
  if (!isJsonObject(value)) return value;
  const member = own(value, key);
  if (member === undefined) return value;
  const copy: Record<string, Json> = {};
  for (const name of Object.keys(value)) put(copy, name, own(value, name) ?? null);
  put(copy, key, without(member, rest));
  return copy;
}
