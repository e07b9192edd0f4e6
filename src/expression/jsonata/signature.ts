import { ExpressionError } from '../expression-error.js';
import { SourceError } from '../source-error.js';
import { FunctionValue, isArray, type Run, type Value } from './value.js';

/** One parameter of a function: the types it takes, and how often. */
interface Parameter {
  /** Letters of typeLetter that fit, `m` (missing) among them. */
  readonly fits: string;
  readonly isArray: boolean;
  /** The type of an array's items, if it is said. */
  readonly itemType: string | undefined;
  /** `?` once or not at all, `+` once or more, `-` not at all means the context. */
  readonly occurs: 'once' | 'optional' | 'many' | 'context';
}

/** Parameters in one signature. */
export const MAX_SIGNATURE_PARAMETERS = 100;

const ANY = 'asnblfom';
const TYPE_NAMES: Readonly<Record<string, string>> = {
  a: 'arrays',
  b: 'booleans',
  f: 'functions',
  n: 'numbers',
  o: 'objects',
  s: 'strings',
};

/** What a function takes, as written in `<s-n?:s>`. */
export class Signature {
  readonly #parameters: readonly Parameter[];

  constructor(parameters: readonly Parameter[]) {
    this.#parameters = parameters;
  }

  /**
   * The arguments as the function gets them: the context put in where it stands for one that was left out,
   * single values made arrays where an array is wanted. Throws T0410, T0411 or T0412.
   */
  apply(
    args: readonly (Value | undefined)[],
    context: Value | undefined,
    name: string,
    run: Run,
  ): (Value | undefined)[] {
    const quick = this.#inOrder(args, context);
    if (quick !== undefined) return quick;
    const counts = this.#match(args);
    if (counts === undefined) throw this.#mismatch(args, name);
    const result: (Value | undefined)[] = [];
    let next = 0;
    this.#parameters.forEach((parameter, i) => {
      const count = counts[i] ?? 0;
      if (count === 0) {
        // An optional parameter that matches nothing still takes the place of the argument that stands there.
        if (parameter.occurs === 'context') result.push(contextFor(parameter, context, next, name));
        else result.push(args[next++]);
      }
      for (let k = 0; k < count; k++) {
        result.push(argumentFor(parameter, args[next], next, name, run));
        next++;
      }
    });
    return result;
  }

  /** The usual case: every argument fits its parameter and nothing has to be put in. */
  #inOrder(
    args: readonly (Value | undefined)[],
    context: Value | undefined,
  ): (Value | undefined)[] | undefined {
    const parameters = this.#parameters;
    if (args.length > parameters.length) return undefined;
    for (let i = 0; i < parameters.length; i++) {
      const parameter = parameters[i];
      if (parameter === undefined) return undefined;
      if (i < args.length) {
        if (!fitsAsIs(parameter, args[i])) return undefined;
      } else if (parameter.occurs === 'context') {
        return parameters.length === 1 && fitsAsIs(parameter, context) ? [context] : undefined;
      } else if (parameter.occurs !== 'optional') return undefined;
    }
    return args as (Value | undefined)[];
  }

  /** How many arguments each parameter takes; the first parameters take what they can. */
  #match(args: readonly (Value | undefined)[]): number[] | undefined {
    const letters = args.map(typeLetter);
    const counts: number[] = [];
    // Without remembering what failed, the tries could multiply.
    const failed = new Set<number>();
    const place = (at: number, next: number): boolean => {
      const parameter = this.#parameters[at];
      if (parameter === undefined) return next === letters.length;
      const state = at * (letters.length + 1) + next;
      if (failed.has(state)) return false;
      const { occurs } = parameter;
      const least = occurs === 'once' || occurs === 'many' ? 1 : 0;
      for (let count = mostOf(parameter, letters, next); count >= least; count--) {
        counts[at] = count;
        if (place(at + 1, next + count)) return true;
      }
      failed.add(state);
      return false;
    };
    return place(0, 0) ? counts : undefined;
  }

  #mismatch(args: readonly (Value | undefined)[], name: string): ExpressionError {
    let good = 0;
    for (const { fits, occurs } of this.#parameters) {
      if (good < args.length && fits.includes(typeLetter(args[good]))) good++;
      else if (occurs === 'once' || occurs === 'many') break;
      while (occurs === 'many' && good < args.length && fits.includes(typeLetter(args[good]))) good++;
    }
    const message =
      good < args.length
        ? `argument ${good + 1} of $${name} is not of a type that it takes`
        : `$${name} needs more arguments`;
    return new ExpressionError('T0410', message);
  }
}

/** How many of the arguments from one on a parameter could take. */
function mostOf({ fits, occurs }: Parameter, letters: readonly string[], next: number): number {
  const limit = occurs === 'many' ? letters.length - next : 1;
  let most = 0;
  while (most < limit && fits.includes(letters[next + most] ?? ' ')) most++;
  return most;
}

function fitsAsIs(parameter: Parameter, value: Value | undefined): boolean {
  if (parameter.isArray) return parameter.itemType === undefined && isArray(value);
  return parameter.fits.includes(typeLetter(value));
}

function contextFor(
  parameter: Parameter,
  context: Value | undefined,
  index: number,
  name: string,
): Value | undefined {
  if (parameter.fits.includes(typeLetter(context))) return context;
  const message = `the context is not of a type that $${name} takes as argument ${index + 1}`;
  throw new ExpressionError('T0411', message);
}

function argumentFor(
  parameter: Parameter,
  arg: Value | undefined,
  index: number,
  name: string,
  run: Run,
): Value | undefined {
  if (!parameter.isArray || arg === undefined) return arg;
  const { itemType } = parameter;
  if (itemType !== undefined) {
    if (isArray(arg)) run.budget.spend(arg.length >> 3);
    const fits = isArray(arg)
      ? arg.every((item) => typeLetter(item) === itemType.charAt(0))
      : typeLetter(arg) === itemType;
    if (!fits) {
      const names = TYPE_NAMES[itemType.charAt(0)] ?? 'values of one type';
      throw new ExpressionError('T0412', `argument ${index + 1} of $${name} must be an array of ${names}`);
    }
  }
  return isArray(arg) ? arg : [arg];
}

/** The letter that stands for a value's type in a signature. */
function typeLetter(value: Value | undefined): string {
  switch (typeof value) {
    case 'string':
      return 's';
    case 'number':
      return 'n';
    case 'boolean':
      return 'b';
    case 'undefined':
      return 'm';
    default:
      if (value === null) return 'l';
      if (Array.isArray(value)) return 'a';
      return value instanceof FunctionValue ? 'f' : 'o';
  }
}

/** Reads a signature; `position` is where it stands in the expression. Throws SourceError. */
export function parseSignature(text: string, position = 0): Signature {
  const parameters: Parameter[] = [];
  let at = 1;
  while (at < text.length && text.charAt(at) !== ':' && text.charAt(at) !== '>') {
    const letter = text.charAt(at);
    if (letter === '(') {
      const end = closing(text, at, '(', ')');
      const choice = text.slice(at + 1, end);
      if (choice.includes('<')) {
        throw new SourceError('S0402', 'a choice of types cannot have type parameters', position + at);
      }
      parameters.push({ fits: `${choice}m`, isArray: false, itemType: undefined, occurs: 'once' });
      at = end;
    } else if (letter === '<') {
      const end = closing(text, at, '<', '>');
      amend(parameters, text.slice(at + 1, end), position + at);
      at = end;
    } else if (letter === '-' || letter === '?' || letter === '+') {
      const occurs = letter === '-' ? 'context' : letter === '?' ? 'optional' : 'many';
      const last = parameters.pop();
      if (last !== undefined) parameters.push({ ...last, occurs });
    } else if ('snbloafjx'.includes(letter)) {
      parameters.push({ fits: fitsOf(letter), isArray: letter === 'a', itemType: undefined, occurs: 'once' });
    } else if (letter.trim() !== '') {
      throw new SourceError('S0401', `"${letter}" is not a type of a function signature`, position + at);
    }
    at++;
  }
  if (parameters.length > MAX_SIGNATURE_PARAMETERS) {
    const message = `a signature may not have more than ${MAX_SIGNATURE_PARAMETERS} parameters`;
    throw new SourceError('S0401', message, position);
  }
  return new Signature(parameters);
}

function fitsOf(letter: string): string {
  if (letter === 'a' || letter === 'x') return ANY;
  if (letter === 'j') return ANY.replace('f', '');
  return letter === 'f' ? 'f' : `${letter}m`;
}

/** Puts a type parameter (`<n>`) on the last parameter, which must be an array or a function. */
function amend(parameters: Parameter[], itemType: string, position: number): void {
  const last = parameters.pop();
  if (last === undefined || !(last.isArray || last.fits === 'f')) {
    throw new SourceError('S0401', 'only arrays and functions take type parameters', position);
  }
  parameters.push({ ...last, itemType });
}

function closing(text: string, start: number, open: string, close: string): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.charAt(at) === open) depth++;
    if (text.charAt(at) === close && --depth === 0) return at;
  }
  return text.length;
}
