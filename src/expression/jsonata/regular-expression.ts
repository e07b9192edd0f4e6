import { ExpressionError } from '../expression-error.js';
import { type Match, Regex } from '../regex/regex.js';
import { SourceError } from '../source-error.js';
import type { Compiling } from './compiling.js';
import type { RegexNode } from './syntax-tree.js';
import { type Code, FunctionValue, plain, type Result, type Run, type Value } from './value.js';

/** `/pattern/` is a function: it takes a text and gives the first match, which can be asked for the next. */
export function compileRegex(node: RegexNode, _compiling: Compiling): Code {
  const { pattern, ignoreCase, multiline } = node.regex;
  try {
    const fn = new RegexFunction(new Regex(pattern, { ignoreCase, multiline }), pattern);
    return () => fn;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new SourceError(error.code, error.message, node.position + 1 + error.position, error.hint);
  }
}

export class RegexFunction extends FunctionValue {
  readonly #regex: Regex;
  readonly #pattern: string;

  constructor(regex: Regex, pattern: string) {
    super();
    this.#regex = regex;
    this.#pattern = pattern;
  }

  override arity(): number {
    return 2;
  }

  override call([text]: readonly Result[], _context: Result, run: Run): Result {
    const subject = plain(text);
    return typeof subject === 'string' ? this.#value(subject, this.find(subject, undefined, run)) : undefined;
  }

  /** The first match, or the one behind a match. Throws D1004 where matches of nothing would never end. */
  find(text: string, after: Match | undefined, run: Run): Match | undefined {
    if (after === undefined) return this.#regex.find(text, 0, run.budget);
    if (after.end >= text.length) return undefined;
    const match = this.#regex.find(text, after.end, run.budget);
    if (match !== undefined && match.start === match.end) {
      throw new ExpressionError('D1004', `/${this.#pattern}/ matches nothing at all, again and again`);
    }
    return match;
  }

  #value(text: string, match: Match | undefined): Result {
    if (match === undefined) return undefined;
    const next = new NextMatch((run) => this.#value(text, this.find(text, match, run)));
    return { ...matchValue(text, match), next };
  }
}

class NextMatch extends FunctionValue {
  readonly #find: (run: Run) => Result;

  constructor(find: (run: Run) => Result) {
    super();
    this.#find = find;
  }

  override arity(): number {
    return 0;
  }

  override call(_args: readonly Result[], _context: Result, run: Run): Result {
    return this.#find(run);
  }
}

/** A match as expressions see it. Groups that took no part are null. */
export function matchValue(text: string, { start, end, groups }: Match): Record<string, Value> {
  return { match: text.slice(start, end), start, end, groups: groups.map((group) => group ?? null) };
}
