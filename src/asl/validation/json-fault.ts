/** What is wrong with a text that is no JSON, in the words of the parser that AWS uses. */
export interface JsonFault {
  readonly message: string;
  /** Where, as that parser says it. */
  readonly location: string;
}

/**
 * Why a text is no JSON; undefined if it is. AWS shows the words of its JSON parser (Jackson): recorded are an unknown
 * token and a missing quote, the others are as that parser's source has them.
 *
 * @example
 * jsonFault('{"a": 1,}')?.message; // => "Unexpected character ('}' (code 125)): was expecting double-quote to start field name"
 * jsonFault('{"a": [1, 2]}'); // => undefined
 */
export function jsonFault(text: string): JsonFault | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.scan();
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { message: error.message, location: placeIn(text, error.offset) };
  }
}

/** `offset` is where the parser has come to: behind what it could not take. */
class Fault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Characters of a text that the parser shows. */
const SHOWN = 500;

function placeIn(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  const rest = text.length > SHOWN ? `[truncated ${text.length - SHOWN} chars]` : '';
  const source = `(String)"${text.slice(0, SHOWN)}"${rest}`;
  return `[Source: ${source}; line: ${lines.length}, column: ${(lines.at(-1)?.length ?? 0) + 1}]`;
}

const BLANKS = /[ \t\r\n]*/y;
const WORD = /[\p{ID_Continue}$]+/uy;
const DIGITS = /\d+/y;
const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

interface Open {
  readonly kind: 'Object' | 'Array';
  readonly at: number;
  members: number;
}

/** Goes through a text as JSON, without recursion, up to what is wrong with it. */
class Scanner {
  readonly #text: string;
  readonly #open: Open[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): void {
    this.#value(undefined);
    for (let open = this.#open.at(-1); open !== undefined; open = this.#open.at(-1)) this.#member(open);
    this.#blanks();
    if (this.#at < this.#text.length) this.#odd();
  }

  /** What stands behind an opening bracket or a member: the end, or another member. */
  #member(open: Open): void {
    this.#blanks();
    const char = this.#text[this.#at];
    if (char === undefined) {
      const marker = placeIn(this.#text, open.at);
      throw this.#end(`: expected close marker for ${open.kind} (start marker at ${marker})`);
    }
    if (char === '}' || char === ']') {
      this.#close(open, char);
      return;
    }
    if (open.members++ > 0) {
      if (char !== ',') throw this.#unexpected(`was expecting comma to separate ${open.kind} entries`);
      this.#at++;
      this.#within(open);
    }
    if (open.kind === 'Object') this.#name(open);
    this.#value(open);
  }

  #close({ kind, at }: Open, char: string): void {
    const wanted = kind === 'Object' ? '}' : ']';
    this.#at++;
    if (char !== wanted) {
      const message = `Unexpected close marker '${char}': expected '${wanted}' (for ${kind} starting at ${placeIn(this.#text, at)})`;
      throw new Fault(message, this.#at);
    }
    this.#open.pop();
  }

  #name(open: Open): void {
    if (this.#text[this.#at] !== '"')
      throw this.#unexpected('was expecting double-quote to start field name');
    this.#string(' in field name');
    this.#within(open);
    if (this.#text[this.#at] !== ':')
      throw this.#unexpected('was expecting a colon to separate field name and value');
    this.#at++;
    this.#within(open);
  }

  #value(open: Open | undefined): void {
    this.#blanks();
    const char = this.#text[this.#at];
    if (char === undefined) throw this.#end('');
    if (char === '{' || char === '[') {
      this.#open.push({ kind: char === '{' ? 'Object' : 'Array', at: this.#at, members: 0 });
      this.#at++;
    } else if (char === '"') this.#string(': was expecting closing quote for a string value');
    else if (char === '-' || /\d/.test(char)) this.#number();
    else if (char === '}' && open !== undefined) throw this.#unexpected('expected a value');
    else if (/[\p{ID_Start}_$]/u.test(char)) this.#word();
    else this.#odd();
  }

  #word(): void {
    const word = this.#take(WORD);
    if (!['true', 'false', 'null'].includes(word)) {
      throw new Fault(`Unrecognized token '${word}': was expecting ${VALUES}`, this.#at);
    }
  }

  #odd(): never {
    if (/[\p{ID_Start}_$]/u.test(this.#text[this.#at] ?? '')) this.#word();
    throw this.#unexpected(`expected a valid value ${VALUES}`);
  }

  #string(unfinished: string): void {
    this.#at++;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw this.#end(unfinished);
      this.#at++;
      if (char === '"') return;
      const code = char.charCodeAt(0);
      if (char === '\\') this.#escape();
      else if (code < 0x20) {
        const message = `Illegal unquoted character ((CTRL-CHAR, code ${code})): has to be escaped using backslash to be included in string value`;
        throw new Fault(message, this.#at);
      }
    }
  }

  #escape(): void {
    const char = this.#text[this.#at];
    if (char === undefined) throw this.#end(' in character escape sequence');
    this.#at++;
    if ('"\\/bfnrt'.includes(char)) return;
    if (char !== 'u')
      throw new Fault(`Unrecognized character escape '${char}' (code ${char.charCodeAt(0)})`, this.#at);
    for (let i = 0; i < 4; i++) {
      const digit = this.#text[this.#at];
      if (digit === undefined) throw this.#end(' in character escape sequence');
      if (!/[\da-f]/i.test(digit)) {
        throw this.#unexpected('expected a hex-digit for character escape sequence');
      }
      this.#at++;
    }
  }

  #number(): void {
    if (this.#text[this.#at] === '-') this.#at++;
    const start = this.#at;
    this.#digits('expected digit (0-9) to follow minus sign, for valid numeric value');
    if (this.#text[start] === '0' && this.#at > start + 1) {
      throw new Fault('Invalid numeric value: Leading zeroes not allowed', start + 2);
    }
    if (this.#text[this.#at] === '.') {
      this.#at++;
      this.#digits('Decimal point not followed by a digit');
    }
    if (!/[eE]/.test(this.#text[this.#at] ?? '')) return;
    this.#at++;
    if (/[+-]/.test(this.#text[this.#at] ?? '')) this.#at++;
    this.#digits('Exponent indicator not followed by a digit');
  }

  #digits(wanted: string): void {
    if (this.#take(DIGITS) !== '') return;
    const char = this.#text[this.#at];
    if (char === undefined) throw this.#end(' in a Number value');
    const message = `Unexpected character (${shown(char)}) in numeric value: ${wanted}`;
    throw new Fault(message, this.#at + 1);
  }

  #blanks(): void {
    this.#take(BLANKS);
  }

  /** Blanks inside a member, where the text may not end. */
  #within({ kind }: Open): void {
    this.#blanks();
    if (this.#at >= this.#text.length) throw this.#end(` within/between ${kind} entries`);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [taken = ''] = pattern.exec(this.#text) ?? [];
    this.#at += taken.length;
    return taken;
  }

  #end(more: string): Fault {
    return new Fault(`Unexpected end-of-input${more}`, this.#text.length);
  }

  #unexpected(wanted: string): Fault {
    const message = `Unexpected character (${shown(this.#text[this.#at] ?? '')}): ${wanted}`;
    return new Fault(message, this.#at + 1);
  }
}

function shown(char: string): string {
  const code = char.charCodeAt(0);
  return code < 0x20 ? `(CTRL-CHAR, code ${code})` : `'${char}' (code ${code})`;
}
