import type { Path } from './syntax-tree.js';
import { type Code, Row, type ValueObject } from './value.js';

/** The names of a path that is nothing but names, if it is. */
export function plainNames(path: Path): readonly string[] | undefined {
  if (path.keepArray || path.keepSingleton || path.group !== undefined) return undefined;
  const names: string[] = [];
  for (const step of path.steps) {
    if (step.type !== 'name' || step.stages !== undefined || step.predicates !== undefined) return undefined;
    // Reading these from an object would reach its prototype.
    if (step.value in Object.prototype) return undefined;
    names.push(step.value);
  }
  return names;
}

/**
 * A path of names over objects is a few plain reads. Values of data are never functions, so whatever reads as a
 * function was inherited and is not there. Arrays on the way are left to the general code.
 */
export function compileNames(names: readonly string[], general: Code): Code {
  const [first = '', second = ''] = names;
  if (names.length === 1) {
    return (input, scope) => {
      if (typeof input !== 'object' || input === null) return undefined;
      if (Array.isArray(input) || input instanceof Row) return general(input, scope);
      return ownValue(input as ValueObject, first);
    };
  }
  if (names.length === 2) {
    return (input, scope) => {
      if (typeof input !== 'object' || input === null) return undefined;
      if (Array.isArray(input) || input instanceof Row) return general(input, scope);
      const middle = (input as ValueObject)[first];
      if (typeof middle !== 'object' || middle === null) return undefined;
      if (Array.isArray(middle)) return general(input, scope);
      return ownValue(middle as ValueObject, second);
    };
  }
  return (input, scope) => {
    if (input instanceof Row) return general(input, scope);
    let value: unknown = input;
    for (const name of names) {
      if (typeof value !== 'object' || value === null) return undefined;
      if (Array.isArray(value)) return general(input, scope);
      value = ownValue(value as ValueObject, name);
    }
    return value as ReturnType<Code>;
  };
}

function ownValue(object: ValueObject, name: string): ReturnType<Code> {
  const value = object[name];
  return typeof value === 'function' ? undefined : value;
}
