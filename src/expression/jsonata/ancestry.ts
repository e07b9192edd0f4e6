import { SourceError } from '../source-error.js';
import type { Node, Parent, ParentSlot, Path } from './syntax-tree.js';

/**
 * Finds, while the tree is built, the step that each `%` speaks of: one level up for each `%`, counted to the
 * left through names and wildcards. That step will leave what it started from under the label of the `%`.
 */
export class Ancestry {
  #count = 0;

  parent(position: number): Parent {
    return { type: 'parent', slot: { label: `%${this.#count++}`, level: 1 }, position };
  }

  /** Hands the open `%`s of a node's parts over to the node. */
  carry<T extends Node>(node: T, ...parts: readonly Node[]): T {
    for (const part of parts) {
      for (const slot of openSlots(part)) {
        node.seeking ??= [];
        node.seeking.push(slot);
      }
    }
    return node;
  }

  /** A `%` in a filter means what the filtered step started from. */
  carryPredicate(step: Node, predicate: Node): void {
    for (const slot of openSlots(predicate)) {
      if (slot.level === 1) seek(step, slot);
      else slot.level--;
    }
    this.carry(step, predicate);
  }

  /** Resolves the `%`s of a path's last step against the steps before it. */
  resolve(path: Path): void {
    const last = path.steps.at(-1);
    if (last === undefined) return;
    for (const slot of openSlots(last)) {
      let index = path.steps.length - 2;
      while (slot.level > 0) {
        if (index < 0) {
          path.seeking ??= [];
          path.seeking.push(slot);
          break;
        }
        let step = path.steps[index--];
        // Steps that bind the focus in a row all start from the same context.
        while (index >= 0 && step?.focus !== undefined && path.steps[index]?.focus !== undefined) {
          step = path.steps[index--];
        }
        if (step !== undefined) seek(step, slot);
      }
    }
  }

  /** At the top of the tree every `%` must have found its step. */
  complete(node: Node): void {
    const open = openSlots(node).some((slot) => slot.level > 0);
    if (open)
      throw new SourceError('S0217', '"%" goes beyond the beginning of this expression', node.position);
  }
}

function openSlots(node: Node): readonly ParentSlot[] {
  return node.type === 'parent' ? [...(node.seeking ?? []), node.slot] : (node.seeking ?? []);
}

function seek(node: Node, slot: ParentSlot): void {
  switch (node.type) {
    case 'name':
    case 'wildcard':
      slot.level--;
      if (slot.level === 0) {
        if (node.ancestor !== undefined) slot.label = node.ancestor.label;
        node.ancestor = slot;
        node.tuple = true;
      }
      return;
    case 'parent':
      slot.level++;
      return;
    case 'block': {
      const last = node.expressions.at(-1);
      if (last === undefined) return;
      node.tuple = true;
      seek(last, slot);
      return;
    }
    case 'path':
      node.tuple = true;
      for (let i = node.steps.length - 1; i >= 0; i--) {
        const step = node.steps[i];
        if (step !== undefined) seek(step, slot);
        if (slot.level <= 0) return;
      }
      return;
    default:
      throw new SourceError('S0217', 'the parent that "%" means cannot be told here', node.position);
  }
}
