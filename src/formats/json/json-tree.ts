import { escapePointer, type Json, put } from '../../core/json.js';
import { MAX_JSON_DEPTH } from '../../core/limits.js';
import { inexact, isInexact } from '../number-literal.js';
import { addFault, type Fault, isReadable, type Place, type Tree } from '../tree.js';

/**
 * Reads JSON strictly (RFC 8259), and knows where everything stands, which `JSON.parse` does not tell. Refuses
 * what `JSON.parse` would let pass in silence: a key twice in one object, and numbers beyond the range.
 *
 * @example
 * readJson('{"a": [1, 2]}').value; // => { a: [1, 2] }
 * readJson('{"a": 1,}').faults[0]?.offset; // => 8
 */
export function readJson(text: string): Tree {
  const reader = new JsonReader(text);
  const value = reader.read();
  let places: Map<string, Place> | undefined;
  return {
    ...(isReadable(reader.faults) && value !== undefined ? { value } : {}),
    faults: reader.faults,
    find(path) {
      // Only a text with problems is ever asked, so positions are recorded by a second reading.
      if (places === undefined) {
        places = new Map();
        new JsonReader(text, places).read();
      }
      return places.get(path);
    },
  };
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*|[^\s]/uy;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
const LITERALS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

/** Ends the reading: what follows a syntax error means nothing. */
class Stop extends Error {}

class JsonReader {
  readonly faults: Fault[] = [];
  readonly #text: string;
  readonly #places: Map<string, Place> | undefined;
  #at = 0;

  constructor(text: string, places?: Map<string, Place>) {
    this.#text = text;
    this.#places = places;
  }

  read(): Json | undefined {
    try {
      const value = this.#value('', 0, undefined);
      this.#space();
      if (this.#at < this.#text.length)
        this.#fail('', `nothing may follow the value, but there is ${this.#next()}`);
      return value;
    } catch (error) {
      if (error instanceof Stop) return undefined;
      throw error;
    }
  }

  #value(path: string, depth: number, keyAt: number | undefined): Json {
    this.#space();
    const valueAt = this.#at;
    const first = this.#text[valueAt];
    const nested = first === '{' || first === '[';
    this.#places?.set(path, { ...(keyAt === undefined ? {} : { keyAt }), valueAt, scalar: !nested });
    if (nested) {
      if (depth >= MAX_JSON_DEPTH)
        this.#fail(path, `nested deeper than ${MAX_JSON_DEPTH} levels`, 'too-deep');
      return first === '{' ? this.#object(path, depth) : this.#array(path, depth);
    }
    if (first === '"') return this.#string(path);
    return this.#literal(path);
  }

  #object(path: string, depth: number): Json {
    const object: Record<string, Json> = {};
    this.#at++;
    if (this.#take('}')) return object;
    do {
      this.#space();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') {
        this.#fail(path, `expected a key in double quotes, found ${this.#next()}`);
      }
      const key = this.#string(path);
      const memberPath = `${path}/${escapePointer(key)}`;
      if (Object.hasOwn(object, key)) {
        this.#fault({
          code: 'duplicate-key',
          message: `the key ${JSON.stringify(key)} stands twice in one object`,
          path: memberPath,
          offset: keyAt,
        });
      }
      if (!this.#take(':')) this.#fail(memberPath, `expected ":" after the key, found ${this.#next()}`);
      put(object, key, this.#value(memberPath, depth + 1, keyAt));
    } while (this.#take(','));
    if (!this.#take('}')) this.#fail(path, `expected "," or "}", found ${this.#next()}`);
    return object;
  }

  #array(path: string, depth: number): Json {
    const array: Json[] = [];
    this.#at++;
    if (this.#take(']')) return array;
    do {
      array.push(this.#value(`${path}/${array.length}`, depth + 1, undefined));
    } while (this.#take(','));
    if (!this.#take(']')) this.#fail(path, `expected "," or "]", found ${this.#next()}`);
    return array;
  }

  /** Finds the end of the string and leaves its decoding to the engine. */
  #string(path: string): string {
    const start = this.#at++;
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === 0x22) break;
      if (Number.isNaN(unit)) {
        this.#at = start;
        this.#fail(path, 'the string that begins here has no end');
      }
      if (unit < 0x20) this.#fail(path, 'a line break or control character must be escaped in a string');
      this.#at++;
      if (unit === 0x5c) {
        ESCAPE.lastIndex = this.#at;
        const escaped = ESCAPE.exec(this.#text);
        if (escaped === null) this.#fail(path, `unknown escape after "\\"`);
        else this.#at += escaped[0].length;
      }
    }
    this.#at++;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #literal(path: string): Json {
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits !== undefined) {
      const value = Number(digits);
      if (!Number.isFinite(value)) this.#fail(path, `${digits} is beyond the range of numbers`, 'not-json');
      if (isInexact(digits)) this.#fault(inexact(digits, path, this.#at));
      this.#at += digits.length;
      return value;
    }
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#text)?.[0] ?? '';
    if (!Object.hasOwn(LITERALS, word)) this.#fail(path, `expected a value, found ${this.#next()}`);
    this.#at += word.length;
    return LITERALS[word] ?? null;
  }

  #space(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at++;
    }
  }

  #take(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** What stands at the current place, for a message. */
  #next(): string {
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#text)?.[0];
    return word === undefined ? 'the end of the text' : JSON.stringify(word.slice(0, 40));
  }

  #fault(fault: Fault): void {
    addFault(this.faults, fault);
  }

  #fail(path: string, message: string, code = 'json-syntax'): never {
    this.#fault({ code, message, path, offset: this.#at });
    throw new Stop();
  }
}
