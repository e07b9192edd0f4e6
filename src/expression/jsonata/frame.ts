import { childrenOf, type Node } from './syntax-tree.js';
import { type Code, type Result, Scope, Sequence } from './value.js';

/** Stands in the slot of a variable that nothing was bound to yet. */
export const UNBOUND = new Sequence([]);

/** Where a variable lies: so many scopes out, at this index. */
export interface Place {
  readonly depth: number;
  readonly index: number;
}

/** The variables of one scope while its code is compiled. At run time a Scope stands for it. */
export class Frame {
  readonly names: readonly string[];
  readonly #indexes = new Map<string, number>();
  readonly #parent: Frame | undefined;

  constructor(names: Iterable<string>, parent: Frame | undefined) {
    this.names = [...new Set(names)];
    for (const [index, name] of this.names.entries()) this.#indexes.set(name, index);
    this.#parent = parent;
  }

  /** Where a name of this scope itself lies among its slots. */
  indexOf(name: string): number {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`this scope has no $${name}`);
    return index;
  }

  /** Every scope that may hold the name, nearest first: a nearer one may still be unbound when it is read. */
  placesOf(name: string): Place[] {
    const places: Place[] = [];
    let depth = 0;
    for (let frame: Frame | undefined = this; frame !== undefined; frame = frame.#parent) {
      const index = frame.#indexes.get(name);
      if (index !== undefined) places.push({ depth, index });
      depth++;
    }
    return places;
  }
}

/** Names that `:=` binds in the scope of these nodes themselves, not in a scope inside them. */
export function boundNames(nodes: readonly Node[]): string[] {
  const names: string[] = [];
  const visit = (node: Node) => {
    if (node.type === 'bind') names.push(node.name);
    if (node.type === 'lambda') return;
    if (opensScope(node)) return;
    for (const child of childrenOf(node)) visit(child);
  };
  for (const node of nodes) visit(node);
  return names;
}

function opensScope(node: Node): boolean {
  return node.type === 'block' || (node.type === 'path' && node.steps.some((step) => step.tuple));
}

export function freshSlots(count: number): Result[] {
  const slots: Result[] = [];
  for (let i = 0; i < count; i++) slots.push(UNBOUND);
  return slots;
}

/** Code that runs in a scope of its own, with its variables unbound at first. */
export function inOwnScope(code: Code, count: number): Code {
  return (input, scope) => code(input, new Scope(scope.run, freshSlots(count), scope));
}

export function slotAt(scope: Scope, place: Place): Result {
  let holder = scope;
  for (let i = place.depth; i > 0; i--) holder = holder.parent as Scope;
  return holder.slots[place.index];
}
