import { own } from '../../core/json.js';
import type { Compiling } from './compiling.js';
import { compileEvaluator, EVAL } from './evaluator.js';
import { slotAt, UNBOUND } from './frame.js';
import { isPlainName } from './selectors.js';
import type { Bind, Parent, Variable } from './syntax-tree.js';
import { type Code, Row, type Run, type Scope, type Value } from './value.js';

/** `$` is the context, `$$` the whole document, any other name a variable. */
export function compileVariable({ name }: Variable, compiling: Compiling): Code {
  if (name === '') return (input) => (input instanceof Row ? input.items : input);
  if (name === '$') return (_input, { run }) => run.root;
  const evaluator = name === EVAL && compiling.rules.evaluates ? compileEvaluator(compiling) : undefined;
  const native = compiling.rules.functions.get(name);
  const isPlain = isPlainName(name);
  // What is handed in may be null, which is a value.
  const outside = (scope: Scope) => {
    const given = handedIn(scope.run, name, isPlain);
    return given === undefined ? (evaluator?.(scope) ?? native) : given;
  };
  return compileRead(name, outside, compiling);
}

/** `%`: what the step that it speaks of left behind. */
export function compileParent({ slot }: Parent, compiling: Compiling): Code {
  return compileRead(slot.label, () => undefined, compiling);
}

export function compileBind(node: Bind, compiling: Compiling): Code {
  const value = compiling.node(node.value);
  const place = compiling.frame?.placesOf(node.name)[0];
  if (place === undefined) throw new Error(`no scope holds $${node.name}`);
  return (input, scope) => {
    const result = value(input, scope);
    let holder = scope;
    for (let i = place.depth; i > 0 && holder.parent !== undefined; i--) holder = holder.parent;
    holder.slots[place.index] = result;
    return result;
  };
}

function compileRead(name: string, outside: (scope: Scope) => Value | undefined, compiling: Compiling): Code {
  const places = compiling.frame?.placesOf(name) ?? [];
  const [first] = places;
  if (first === undefined) return (_input, scope) => outside(scope);
  if (places.length === 1) {
    return (_input, scope) => {
      const value = slotAt(scope, first);
      return value === UNBOUND ? outside(scope) : value;
    };
  }
  return (_input, scope) => {
    for (const place of places) {
      const value = slotAt(scope, place);
      if (value !== UNBOUND) return value;
    }
    return outside(scope);
  };
}

function handedIn({ surroundings }: Run, name: string, isPlain: boolean): Value | undefined {
  const { bindings } = surroundings;
  return bindings === undefined ? undefined : isPlain ? bindings[name] : own(bindings, name);
}
