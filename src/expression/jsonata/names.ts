import type { Path, Variable } from './syntax-tree.js';
import { type Code, type Result, Row, Sequence, type ValueObject } from './value.js';

/** A path that is nothing but names, from the context or from a variable. */
export interface NamePath {
  readonly variable: Variable | undefined;
  readonly names: readonly string[];
}

/** Says what a path consists of if it is nothing but names. */
export function asNamePath(path: Path): NamePath | undefined {
  if (path.keepArray || path.keepSingleton || path.group !== undefined) return undefined;
  const [first] = path.steps;
  const variable = first?.type === 'variable' && isBare(first) ? first : undefined;
  const names: string[] = [];
  for (const step of variable === undefined ? path.steps : path.steps.slice(1)) {
    // Reading a name that prototypes have would find what is not the object's own.
    if (step.type !== 'name' || !isBare(step) || step.value in Object.prototype) return undefined;
    names.push(step.value);
  }
  return { variable, names };
}

function isBare({ stages, predicates, group }: Path['steps'][number]): boolean {
  return stages === undefined && predicates === undefined && group === undefined;
}

/**
 * A path of names over objects is a few plain reads. Values of data are never functions, so whatever reads as a
 * function was inherited and is not there. Arrays on the way are left to the general code.
 */
export function compileNames(names: readonly string[], start: Code | undefined, general: Code): Code {
  if (start !== undefined) {
    return (input, scope) => {
      const value = read(start(input, scope), names);
      return value === MET_ARRAY ? general(input, scope) : value;
    };
  }
  const [first = '', second = ''] = names;
  if (names.length === 2) {
    return (input, scope) => {
      if (typeof input !== 'object' || input === null) return undefined;
      if (Array.isArray(input) || input instanceof Row) return general(input, scope);
      const middle = (input as ValueObject)[first];
      if (typeof middle !== 'object' || middle === null) return undefined;
      if (Array.isArray(middle)) return general(input, scope);
      const value = (middle as ValueObject)[second];
      return typeof value === 'function' ? undefined : value;
    };
  }
  return (input, scope) => {
    const value = read(input, names);
    return value === MET_ARRAY ? general(input, scope) : value;
  };
}

/** What `read` gives where plain reads do not do. */
const MET_ARRAY = new Sequence([]);

function read(start: Result, names: readonly string[]): Result {
  if (start instanceof Row || start instanceof Sequence) return MET_ARRAY;
  let value: Result = start;
  for (const name of names) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return MET_ARRAY;
    value = (value as ValueObject)[name];
    if (typeof value === 'function') return undefined;
  }
  return value;
}
