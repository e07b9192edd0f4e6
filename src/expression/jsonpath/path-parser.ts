import type { Json } from '../../core/json.js';
import { SourceError } from '../source-error.js';
import {
  FILTER_OPERATORS,
  type FilterOperand,
  type FilterOperator,
  type FilterTree,
  type PathRoot,
  type PathTree,
  type Segment,
} from './path-tree.js';

/** Levels of nesting in the filters of one path. */
export const MAX_FILTER_DEPTH = 50;

const VARIABLE_NAME = /[\p{ID_Start}_][\p{ID_Continue}_]*/uy;
/**
 * All but what ends it. The functions of newer versions of the dialect, such as `length()`, are names like others to
 * Step Functions, which find nothing.
 */
const PLAIN_NAME = /[^\s.[\]()]+(?:\([^\s()]*\))?/uy;
/** In a filter an operator may follow without a blank. */
const NAME_IN_FILTER = /[^\s.[\]()'",*?@=!<>|&~]+(?:\(\))?/uy;
const INTEGER = /-?\d+/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORD = /[A-Za-z]+/y;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Reads a path of the States Language (the JSONPath of Jayway). Throws SourceError. */
export function parsePath(text: string): PathTree {
  const parser = new PathParser(text);
  const path = parser.path();
  parser.end();
  return path;
}

class PathParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  path(): PathTree {
    const root = this.#root();
    const segments: Segment[] = [];
    for (;;) {
      if (this.#accept('..')) {
        segments.push({ type: 'descend' }, this.#dotted());
      } else if (this.#accept('.')) segments.push(this.#dotted());
      else if (this.#accept('[')) segments.push(this.#bracket());
      else return { root, segments };
    }
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#unexpected();
  }

  #root(): PathRoot {
    if (this.#accept('@')) {
      if (this.#depth > 0) return { type: 'item' };
      throw this.#fault('"@" has a meaning only inside a filter');
    }
    if (this.#accept('$$')) return { type: 'context' };
    if (!this.#accept('$')) throw this.#fault('a path must begin with "$"');
    const name = this.#match(VARIABLE_NAME);
    return name === undefined ? { type: 'input' } : { type: 'variable', name };
  }

  #dotted(): Segment {
    if (this.#accept('*')) return { type: 'wildcard' };
    if (this.#accept('[')) return this.#bracket();
    const name = this.#match(this.#depth > 0 ? NAME_IN_FILTER : PLAIN_NAME);
    if (name === undefined) throw this.#fault('a name is missing behind "."');
    return { type: 'name', name };
  }

  #bracket(): Segment {
    this.#blanks();
    const segment = this.#selector();
    this.#blanks();
    if (!this.#accept(']')) throw this.#unexpected('"]"');
    return segment;
  }

  #selector(): Segment {
    if (this.#accept('*')) return { type: 'wildcard' };
    if (this.#accept('?')) return this.#filterSelector();
    if (this.#peek("'") || this.#peek('"')) return this.#namesSelector();
    return this.#indexSelector();
  }

  #namesSelector(): Segment {
    const names = this.#separated(() => this.#quoted());
    const [name] = names;
    return names.length === 1 && name !== undefined ? { type: 'name', name } : { type: 'names', names };
  }

  #indexSelector(): Segment {
    const first = this.#integer();
    this.#blanks();
    if (this.#accept(':')) return this.#slice(first);
    if (first === undefined) throw this.#unexpected('a name in quotes, an index, "*" or "?("');
    const indexes = [first];
    while (this.#accept(',')) {
      this.#blanks();
      const index = this.#integer();
      if (index === undefined) throw this.#unexpected('an index');
      indexes.push(index);
      this.#blanks();
    }
    return indexes.length === 1 ? { type: 'index', index: first } : { type: 'indexes', indexes };
  }

  #slice(from: number | undefined): Segment {
    this.#blanks();
    const to = this.#integer();
    this.#blanks();
    if (from === undefined && to === undefined) throw this.#fault('a slice needs a start or an end');
    // A step may be written, and says nothing: the dialect has none.
    if (this.#accept(':')) this.#integer();
    return { type: 'slice', from, to };
  }

  #filterSelector(): Segment {
    this.#blanks();
    if (!this.#accept('(')) throw this.#unexpected('"("');
    const filter = this.#nested(() => this.#or());
    if (!this.#accept(')')) throw this.#unexpected('")"');
    return { type: 'filter', filter };
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_FILTER_DEPTH) {
      throw this.#fault(`filters may not nest deeper than ${MAX_FILTER_DEPTH} levels`);
    }
    this.#blanks();
    const result = read();
    this.#blanks();
    this.#depth--;
    return result;
  }

  #or(): FilterTree {
    return this.#joined('or', '||', () => this.#joined('and', '&&', () => this.#condition()));
  }

  #joined(type: 'or' | 'and', operator: string, read: () => FilterTree): FilterTree {
    const first = read();
    if (!this.#peek(operator)) return first;
    const operands = [first];
    while (this.#accept(operator)) operands.push(read());
    return { type, operands };
  }

  #condition(): FilterTree {
    this.#blanks();
    const condition = this.#nested(() => this.#bareCondition());
    this.#blanks();
    return condition;
  }

  #bareCondition(): FilterTree {
    if (this.#accept('!')) return { type: 'not', operand: this.#condition() };
    if (this.#accept('(')) {
      const inner = this.#nested(() => this.#or());
      if (!this.#accept(')')) throw this.#unexpected('")"');
      return inner;
    }
    const left = this.#operand();
    this.#blanks();
    const operator = this.#operator();
    if (operator !== undefined) {
      this.#blanks();
      return { type: 'compare', operator, left, right: this.#operand() };
    }
    if (left.type === 'path') return { type: 'exists', path: left.path };
    throw this.#unexpected('an operator');
  }

  #operator(): FilterOperator | undefined {
    if (this.#peek('=~')) {
      throw this.#fault('regular expressions are not supported in filters', 'jsonpath-operator');
    }
    const start = this.#at;
    const word = this.#match(WORD)?.toLowerCase();
    this.#at = start;
    const operator = FILTER_OPERATORS.find((known) =>
      word === undefined ? this.#peek(known) : known === word,
    );
    if (operator === undefined && word !== undefined)
      throw this.#fault(`"${word}" is not an operator of filters`);
    if (operator !== undefined) this.#at += operator.length;
    return operator;
  }

  #operand(): FilterOperand {
    if (this.#peek('@') || this.#peek('$')) return { type: 'path', path: this.path() };
    return { type: 'literal', value: this.#literal() };
  }

  #literal(): Json {
    if (this.#peek("'") || this.#peek('"')) return this.#quoted();
    if (this.#accept('[')) {
      this.#blanks();
      const items = this.#peek(']') ? [] : this.#separated(() => this.#literal());
      if (!this.#accept(']')) throw this.#unexpected('"]"');
      return items;
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number);
    const word = this.#match(WORD);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    throw this.#unexpected('a value');
  }

  #separated<T>(read: () => T): T[] {
    const items: T[] = [];
    do {
      this.#blanks();
      items.push(read());
      this.#blanks();
    } while (this.#accept(','));
    return items;
  }

  #quoted(): string {
    const quote = this.#text.charAt(this.#at);
    if (quote !== "'" && quote !== '"') throw this.#unexpected('a name in quotes');
    const start = this.#at++;
    let value = '';
    for (;;) {
      const char = this.#text.charAt(this.#at++);
      if (char === '') throw new SourceError('jsonpath', 'this text is never closed', start);
      if (char === quote) return value;
      value += char === '\\' ? this.#escaped() : char;
    }
  }

  #escaped(): string {
    const char = this.#text.charAt(this.#at++);
    if (char !== 'u') return ESCAPES[char] ?? char;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#fault('\\u must be followed by four hex digits');
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #integer(): number | undefined {
    const text = this.#match(INTEGER);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (!Number.isSafeInteger(number)) throw this.#fault(`${text} is too large`);
    return number;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #peek(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #accept(text: string): boolean {
    const found = this.#peek(text);
    if (found) this.#at += text.length;
    return found;
  }

  #blanks(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  #fault(message: string, code = 'jsonpath'): SourceError {
    return new SourceError(code, message, this.#at);
  }

  #unexpected(wanted?: string): SourceError {
    const found = this.#text.charAt(this.#at);
    const what = found === '' ? 'the path ends too early' : `unexpected "${found}"`;
    return this.#fault(wanted === undefined ? what : `${what}, expected ${wanted}`);
  }
}
