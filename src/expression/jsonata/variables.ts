import { own } from '../../core/json.js';
import type { Compiling } from './compiling.js';
import { slotAt, UNBOUND } from './frame.js';
import type { Bind, Parent, Variable } from './syntax-tree.js';
import { type Code, Row, type Run, type Value } from './value.js';

/** `$` is the context, `$$` the whole document, any other name a variable. */
export function compileVariable({ name }: Variable, compiling: Compiling): Code {
  if (name === '') return (input) => (input instanceof Row ? input.array : input);
  if (name === '$') return (_input, { run }) => run.root;
  return compileRead(name, (run) => handedIn(run, name) ?? compiling.library.get(name), compiling);
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

function compileRead(name: string, outside: (run: Run) => Value | undefined, compiling: Compiling): Code {
  const places = compiling.frame?.placesOf(name) ?? [];
  const [first] = places;
  if (first === undefined) return (_input, { run }) => outside(run);
  if (places.length === 1) {
    return (_input, scope) => {
      const value = slotAt(scope, first);
      return value === UNBOUND ? outside(scope.run) : value;
    };
  }
  return (_input, scope) => {
    for (const place of places) {
      const value = slotAt(scope, place);
      if (value !== UNBOUND) return value;
    }
    return outside(scope.run);
  };
}

function handedIn({ surroundings }: Run, name: string): Value | undefined {
  return surroundings.bindings === undefined ? undefined : own(surroundings.bindings, name);
}
