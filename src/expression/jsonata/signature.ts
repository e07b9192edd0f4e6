import { ExpressionError } from '../expression-error.js';
import { SourceError } from '../source-error.js';
import { FunctionValue, isArray, plain, type Result, type Run, type Value } from './value.js';

/** One parameter of a function: the types it takes, and how often. */
interface Parameter {
  /** Types that fit, as bits of typeBit. */
  readonly fits: number;
  readonly isArray: boolean;
  /** The type of an array's items, if it is said. */
  readonly itemType: string | undefined;
  /** The bits of that type; 0 if it is not said. */
  readonly itemFits: number;
  /** `?` once or not at all, `+` once or more, `-` not at all means the context. */
  readonly occurs: 'once' | 'optional' | 'many' | 'context';
}

/** Parameters in one signature. */
export const MAX_SIGNATURE_PARAMETERS = 100;

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
  readonly #wantsArrays: boolean;

  constructor(parameters: readonly Parameter[]) {
    this.#parameters = parameters;
    this.#wantsArrays = parameters.some((parameter) => parameter.isArray);
  }

  /**
   * The arguments as the function gets them: the context put in where it stands for one that was left out,
   * single values made arrays where an array is wanted. Throws T0410, T0411 or T0412.
   */
  apply(
    args: readonly (Value | undefined)[],
    context: Result,
    name: string,
    run: Run,
  ): readonly (Value | undefined)[] {
    if (this.#fitInOrder(args)) return this.#wantsArrays ? this.#adapted(args, name, run) : args;
    const counts = this.#countInOrder(args) ?? this.#match(args);
    if (counts === undefined) throw this.#mismatch(args, name);
    const result: (Value | undefined)[] = [];
    let next = 0;
    this.#parameters.forEach((parameter, i) => {
      const count = counts[i] ?? 0;
      if (count === 0) {
        // An optional parameter that matches nothing still takes the place of the argument that stands there.
        if (parameter.occurs === 'context') result.push(contextFor(parameter, plain(context), next, name));
        else result.push(args[next++]);
      }
      for (let k = 0; k < count; k++) {
        result.push(argumentFor(parameter, args[next], next, name, run));
        next++;
      }
    });
    return result;
  }

  /** The usual case: each argument fits its parameter, and no context has to be put in. */
  #fitInOrder(args: readonly (Value | undefined)[]): boolean {
    const parameters = this.#parameters;
    if (args.length > parameters.length) return false;
    for (let i = 0; i < args.length; i++) {
      if (((parameters[i] as Parameter).fits & typeBit(args[i])) === 0) return false;
    }
    for (let i = args.length; i < parameters.length; i++) {
      if ((parameters[i] as Parameter).occurs !== 'optional') return false;
    }
    return true;
  }

  /** Arguments that fit in order, with what has to become an array made one. */
  #adapted(args: readonly (Value | undefined)[], name: string, run: Run): readonly (Value | undefined)[] {
    let adapted = args;
    for (let i = 0; i < args.length; i++) {
      const arg = argumentFor(this.#parameters[i] as Parameter, args[i], i, name, run);
      if (arg !== args[i]) adapted = adapted.with(i, arg);
    }
    return adapted;
  }

  /** How many arguments each parameter takes where the first parameters can take all they want. */
  #countInOrder(args: readonly (Value | undefined)[]): number[] | undefined {
    const counts: number[] = [];
    let next = 0;
    for (const { fits, occurs } of this.#parameters) {
      const most = occurs === 'many' ? args.length : next + 1;
      const start = next;
      while (next < args.length && next < most && (fits & typeBit(args[next])) !== 0) next++;
      if (next === start && (occurs === 'once' || occurs === 'many')) return undefined;
      counts.push(next - start);
    }
    return next === args.length ? counts : undefined;
  }

  /** How many arguments each parameter takes; the first parameters take what they can. */
  #match(args: readonly (Value | undefined)[]): number[] | undefined {
    const types = args.map(typeBit);
    const counts: number[] = [];
    // Without remembering what failed, the tries could multiply.
    const failed = new Set<number>();
    const place = (at: number, next: number): boolean => {
      const parameter = this.#parameters[at];
      if (parameter === undefined) return next === types.length;
      const state = at * (types.length + 1) + next;
      if (failed.has(state)) return false;
      const { occurs } = parameter;
      const least = occurs === 'once' || occurs === 'many' ? 1 : 0;
      for (let count = mostOf(parameter, types, next); count >= least; count--) {
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
      if (good < args.length && (fits & typeBit(args[good])) !== 0) good++;
      else if (occurs === 'once' || occurs === 'many') break;
      while (occurs === 'many' && good < args.length && (fits & typeBit(args[good])) !== 0) good++;
    }
    const message =
      good < args.length
        ? `argument ${good + 1} of $${name} is not of a type that it takes`
        : `$${name} needs more arguments`;
    return new ExpressionError('T0410', message);
  }
}

/** How many of the arguments from one on a parameter could take. */
function mostOf({ fits, occurs }: Parameter, types: readonly number[], next: number): number {
  const limit = occurs === 'many' ? types.length - next : 1;
  let most = 0;
  while (most < limit && (fits & (types[next + most] ?? 0)) !== 0) most++;
  return most;
}

/** Stands for the context where there is none yet, because an expression is worked out while it is compiled. */
export const NO_CONTEXT: Value = {};

function contextFor(
  parameter: Parameter,
  context: Value | undefined,
  index: number,
  name: string,
): Value | undefined {
  if (context === NO_CONTEXT) throw new ExpressionError('no-context', `$${name} needs a context`);
  if ((parameter.fits & typeBit(context)) !== 0) return context;
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
  const { itemType, itemFits } = parameter;
  if (itemType !== undefined) {
    if (isArray(arg)) run.budget.spend(arg.length >> 3);
    const fits = isArray(arg)
      ? allFit(arg, itemFits)
      : itemType.length === 1 && (typeBit(arg) & itemFits) !== 0;
    if (!fits) {
      const names = TYPE_NAMES[itemType.charAt(0)] ?? 'values of one type';
      throw new ExpressionError('T0412', `argument ${index + 1} of $${name} must be an array of ${names}`);
    }
  }
  return isArray(arg) ? arg : [arg];
}

function allFit(items: readonly Value[], fits: number): boolean {
  for (let i = 0; i < items.length; i++) if ((typeBit(items[i]) & fits) === 0) return false;
  return true;
}

/** The bits of types, by the letters that signatures have for them. */
const BITS: Readonly<Record<string, number>> = { s: 1, n: 2, b: 4, l: 8, a: 16, f: 32, o: 64 };
const MISSING = 128;
const ANY = 255;
const ARRAY = 16;
const FUNCTION = 32;

/** The bit that stands for a value's type. */
function typeBit(value: Value | undefined): number {
  switch (typeof value) {
    case 'string':
      return 1;
    case 'number':
      return 2;
    case 'boolean':
      return 4;
    case 'undefined':
      return MISSING;
    default:
      if (value === null) return 8;
      if (Array.isArray(value)) return ARRAY;
      return value instanceof FunctionValue ? FUNCTION : 64;
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
      parameters.push(parameterOf(bitsOf(choice) | MISSING, false));
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
      parameters.push(parameterOf(fitsOf(letter), letter === 'a'));
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

function parameterOf(fits: number, wantsArray: boolean): Parameter {
  return { fits, isArray: wantsArray, itemType: undefined, itemFits: 0, occurs: 'once' };
}

function fitsOf(letter: string): number {
  if (letter === 'a' || letter === 'x') return ANY;
  if (letter === 'j') return ANY & ~FUNCTION;
  return letter === 'f' ? FUNCTION : bitsOf(letter) | MISSING;
}

function bitsOf(letters: string): number {
  let bits = 0;
  for (const letter of letters) bits |= BITS[letter] ?? 0;
  return bits;
}

/** Puts a type parameter (`<n>`) on the last parameter, which must be an array or a function. */
function amend(parameters: Parameter[], itemType: string, position: number): void {
  const last = parameters.pop();
  if (last === undefined || !(last.isArray || last.fits === FUNCTION)) {
    throw new SourceError('S0401', 'only arrays and functions take type parameters', position);
  }
  parameters.push({ ...last, itemType, itemFits: bitsOf(itemType.charAt(0)) });
}

function closing(text: string, start: number, open: string, close: string): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.charAt(at) === open) depth++;
    if (text.charAt(at) === close && --depth === 0) return at;
  }
  return text.length;
}
