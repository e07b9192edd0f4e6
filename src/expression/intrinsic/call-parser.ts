import type { Json } from '../../core/json.js';
import { SourceError } from '../source-error.js';

/** Calls within calls that Step Functions allows. */
export const MAX_INTRINSIC_DEPTH = 10;

/** `States.Name(…)` as it is written. */
export interface CallTree {
  readonly name: string;
  readonly args: readonly ArgumentTree[];
  readonly position: number;
}

export type ArgumentTree =
  | { readonly type: 'call'; readonly call: CallTree }
  | { readonly type: 'path'; readonly text: string; readonly position: number }
  /** A text keeps its escapes too, because `\{` and `{` differ where it is a template. */
  | { readonly type: 'literal'; readonly value: Json; readonly raw: string };

const NAME = /States\.([A-Za-z0-9]+)\(/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORD = /true|false|null/y;

/** Reads a call of an intrinsic function. Throws SourceError. */
export function parseCall(text: string): CallTree {
  const parser = new CallParser(text);
  const call = parser.call();
  parser.end();
  return call;
}

class CallParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  call(): CallTree {
    const position = this.#at;
    const name = this.#match(NAME)?.[1];
    if (name === undefined) throw this.#fault('expected a call such as States.Format(…)');
    // The outermost call is not within another.
    if (this.#depth++ > MAX_INTRINSIC_DEPTH) {
      throw this.#fault(`intrinsic functions may not nest deeper than ${MAX_INTRINSIC_DEPTH} levels`);
    }
    const args: ArgumentTree[] = [];
    this.#blanks();
    if (this.#peek() !== ')') {
      do args.push(this.#argument());
      while (this.#accept(','));
    }
    if (!this.#accept(')')) throw this.#fault('expected "," or ")"');
    this.#depth--;
    return { name, args, position };
  }

  end(): void {
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#fault(`unexpected "${this.#peek()}"`);
  }

  #argument(): ArgumentTree {
    this.#blanks();
    const argument = this.#bareArgument();
    this.#blanks();
    return argument;
  }

  #bareArgument(): ArgumentTree {
    const char = this.#peek();
    if (char === "'") return this.#quoted();
    if (char === '$') return this.#path();
    if (char === 'S') return { type: 'call', call: this.call() };
    const token = this.#match(NUMBER) ?? this.#match(WORD);
    if (token === undefined)
      throw this.#fault('expected a path, a text in single quotes, a number or a call');
    return { type: 'literal', value: JSON.parse(token[0]) as Json, raw: token[0] };
  }

  #quoted(): ArgumentTree {
    const start = ++this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#peek();
      if (char === "'") {
        const raw = this.#text.slice(start, this.#at++);
        return { type: 'literal', value: unescaped(raw), raw };
      }
      if (char === '\\' && !"\\'{}".includes(this.#text.charAt(++this.#at))) {
        throw this.#fault("only \\\\, \\', \\{ and \\} are escapes here");
      }
    }
    throw this.#fault('this text is never closed');
  }

  /** A path ends at a comma or a bracket that is not inside its own brackets and quotes. */
  #path(): ArgumentTree {
    const position = this.#at;
    let depth = 0;
    let quote = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#peek();
      if (quote !== '') {
        if (char === '\\') this.#at++;
        else if (char === quote) quote = '';
      } else if (depth > 0 && (char === "'" || char === '"')) quote = char;
      else if (char === '[' || char === '(') depth++;
      else if (depth === 0 && (char === ',' || char === ')')) break;
      else if (char === ']' || char === ')') depth--;
    }
    return { type: 'path', text: this.#text.slice(position, this.#at).trimEnd(), position };
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #accept(text: string): boolean {
    this.#blanks();
    if (this.#peek() !== text) return false;
    this.#at++;
    return true;
  }

  #blanks(): void {
    while (/\s/.test(this.#peek())) this.#at++;
  }

  #fault(message: string): SourceError {
    return new SourceError('intrinsic', message, this.#at);
  }
}

function unescaped(raw: string): string {
  return raw.replace(/\\(.)/gs, '$1');
}
