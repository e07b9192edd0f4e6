import type { Compiling } from './compiling.js';
import { addIfMeant, constantIndex } from './filter.js';
import { boundNames, type Frame, freshSlots, UNBOUND } from './frame.js';
import { compileTupleGroup } from './grouping.js';
import { compileTupleSort } from './ordering.js';
import type { Block, Filter, Node, Path, Stage } from './syntax-tree.js';
import { addAll, type Code, collapse, type Input, itemsOf, Scope, Sequence, type Value } from './value.js';

/**
 * Paths that bind (`@$x`, `#$i`) or ask for parents (`%`) carry tuples along: scopes whose first slot is the item,
 * the others what the steps have bound. Each step makes new tuples from the old.
 */
type StreamCode = (input: Input, scope: Scope) => Scope[];

interface Stream {
  readonly code: StreamCode;
  readonly frame: Frame;
}

type TupleStep = (tuples: readonly Scope[], scope: Scope) => Scope[];

/** The name of the slot that holds the item; no variable can be called so. */
const ITEM = '@';

/** `lead` gives the items that the first step with a binding starts from; the steps before it are plain. */
export function compileTuplePath(path: Path, lead: LeadCompiler, compiling: Compiling): Code {
  const keep = path.keepArray === true || path.keepSingleton === true;
  const { group } = path;
  if (group === undefined) {
    const items = pathItems(path, lead, compiling);
    return (input, scope) => collapse(new Sequence(items(input, scope)), keep);
  }
  const { code: stream, frame } = pathStream(path, lead, compiling);
  return compiling.inFrame(frame, () => compileTupleGroup(group, stream, compiling));
}

/** The items of the last tuples. A last step that binds nothing gives its items without making tuples of them. */
function pathItems(path: Path, lead: LeadCompiler, compiling: Compiling): ItemsCode {
  const last = path.steps.at(-1) as Node;
  if (!isPlainStep(last)) {
    const { code: stream } = pathStream(path, lead, compiling);
    return (input, scope) => {
      const items: Value[] = [];
      for (const { slots } of stream(input, scope)) if (slots[0] !== undefined) items.push(slots[0] as Value);
      return items;
    };
  }
  const { code: stream, frame } = pathStream({ ...path, steps: path.steps.slice(0, -1) }, lead, compiling);
  const { code, cost } = compiling.inFrame(frame, () => compiling.scopedBody(last));
  return (input, scope) => {
    const { run } = scope;
    const tuples = stream(input, scope);
    run.budget.spend(tuples.length * cost);
    const items: Value[] = [];
    for (const tuple of tuples) addAll(items, itemsOf(code(tuple.slots[0], tuple)), run);
    return items;
  };
}

type ItemsCode = (input: Input, scope: Scope) => Value[];

function isPlainStep(node: Node): boolean {
  return node.type !== 'sort' && node.stages === undefined && node.tuple !== true;
}

/** Compiles the steps before the first that binds; given in, because plain paths know of tuple paths already. */
export type LeadCompiler = (
  steps: readonly Node[],
  compiling: Compiling,
) => (input: Input, scope: Scope) => readonly Input[];

function pathStream(path: Path, lead: LeadCompiler, compiling: Compiling): Stream {
  const firstBinding = path.steps.findIndex((step) => step.tuple);
  const start = lead(path.steps.slice(0, firstBinding), compiling);
  return compiling.within([ITEM, ...tupleNames(path)], (frame) => {
    const steps = path.steps
      .slice(firstBinding)
      .map((step) => compileTupleStep(step, frame, lead, compiling));
    const count = frame.names.length;
    const code: StreamCode = (input, scope) => {
      let tuples = start(input, scope).map((item) => {
        scope.run.budget.spend(count >> 4);
        const slots = freshSlots(count);
        slots[0] = item;
        return new Scope(scope.run, slots, scope);
      });
      for (const step of steps) tuples = step(tuples, scope);
      return tuples;
    };
    return { code, frame };
  });
}

/** Every name that the steps of a path bind, also inside blocks whose last expression is such a path. */
function tupleNames(path: Path): string[] {
  return path.steps.flatMap((step) => {
    const names = [step.focus, step.index, step.ancestor?.label].filter((name) => name !== undefined);
    for (const stage of step.stages ?? []) if (stage.type === 'index') names.push(stage.name);
    const inner = innerPath(step);
    return inner === undefined ? names : [...names, ...tupleNames(inner)];
  });
}

/** The path whose tuples a step hands on: the last expression of a block that a `%` looks into. */
function innerPath(node: Node): Path | undefined {
  if (node.type === 'block' && node.tuple) {
    const last = node.expressions.at(-1);
    return last === undefined ? undefined : innerPath(last);
  }
  return node.type === 'path' && node.steps.some((step) => step.tuple) ? node : undefined;
}

function compileTupleStep(node: Node, frame: Frame, lead: LeadCompiler, compiling: Compiling): TupleStep {
  const step = tupleStep(node, frame, lead, compiling);
  const stages = (node.stages ?? []).map((stage) => compileStage(stage, frame, compiling));
  if (stages.length === 0) return step;
  return (tuples, scope) => stages.reduce((kept, stage) => stage(kept, scope), step(tuples, scope));
}

function tupleStep(node: Node, frame: Frame, lead: LeadCompiler, compiling: Compiling): TupleStep {
  const indexSlot = slotOf(node.index, frame);
  if (node.type === 'sort') {
    const sort = compileTupleSort(node, compiling);
    return (tuples, scope) => numbered(sort(tuples, scope.run), indexSlot);
  }
  if (innerPath(node) !== undefined) return nestedStep(node as Block, frame, lead, compiling);
  const { code, cost } = compiling.scopedBody(node);
  const focusSlot = slotOf(node.focus, frame);
  const ancestorSlot = slotOf(node.ancestor?.label, frame);
  return (tuples, scope) => {
    const { budget } = scope.run;
    budget.spend(tuples.length * cost);
    const found: Scope[] = [];
    for (const tuple of tuples) {
      const items = itemsOf(code(tuple.slots[0], tuple));
      budget.spend(items.length);
      for (let i = 0; i < items.length; i++) {
        const next = copyOf(tuple);
        next.slots[focusSlot ?? 0] = items[i];
        if (indexSlot !== undefined) next.slots[indexSlot] = i;
        if (ancestorSlot !== undefined) next.slots[ancestorSlot] = tuple.slots[0];
        found.push(next);
      }
    }
    budget.checkLength(found.length);
    return found;
  };
}

/** A block that ends in a tuple path: what that has bound stays bound behind it. */
function nestedStep(block: Block, outer: Frame, lead: LeadCompiler, compiling: Compiling): TupleStep {
  const { value: inner, cost } = compiling.measured(() => blockStream(block, lead, compiling));
  const moves = inner.frame.names.map((name) => outer.indexOf(name));
  return (tuples, scope) => {
    scope.run.budget.spend(tuples.length * cost);
    return tuples.flatMap((tuple) =>
      inner.code(tuple.slots[0], tuple).map((result) => {
        const next = copyOf(tuple);
        moves.forEach((to, from) => {
          const value = result.slots[from];
          if (value !== UNBOUND) next.slots[to] = value;
        });
        return next;
      }),
    );
  };
}

function blockStream(node: Node, lead: LeadCompiler, compiling: Compiling): Stream {
  if (node.type === 'path') return pathStream(node, lead, compiling);
  const last = node.type === 'block' ? node.expressions.at(-1) : undefined;
  if (node.type !== 'block' || last === undefined) throw new Error('only paths and blocks carry tuples');
  const build = (): Stream => {
    const before = node.expressions.slice(0, -1).map((part) => compiling.node(part));
    const { code, frame } = blockStream(last, lead, compiling);
    const filters = (node.predicates ?? []).map((filter) =>
      compiling.inFrame(frame, () => compileTupleFilter(filter, compiling)),
    );
    const run: StreamCode = (input, scope) => {
      for (const part of before) part(input, scope);
      return filters.reduce((tuples, filter) => filter(tuples, scope), code(input, scope));
    };
    return { code: run, frame };
  };
  const names = boundNames(node.expressions);
  if (names.length === 0) return build();
  return compiling.within(names, ({ names: { length } }) => {
    const { code, frame } = build();
    return { code: (input, scope) => code(input, new Scope(scope.run, freshSlots(length), scope)), frame };
  });
}

function compileStage(stage: Stage, frame: Frame, compiling: Compiling): TupleStep {
  if (stage.type === 'filter') return compileTupleFilter(stage, compiling);
  const slot = slotOf(stage.name, frame);
  return (tuples) => numbered([...tuples], slot);
}

function compileTupleFilter(filter: Filter, compiling: Compiling): TupleStep {
  const index = constantIndex(filter.expression);
  if (index !== undefined)
    return (tuples) => tuples.slice(index < 0 ? tuples.length + index : index).slice(0, 1);
  const { code, cost } = compiling.scopedBody(filter.expression);
  return (tuples, scope) => {
    scope.run.budget.spend(tuples.length * cost);
    const kept: Scope[] = [];
    for (let i = 0; i < tuples.length; i++) {
      const tuple = tuples[i] as Scope;
      addIfMeant(kept, tuple, code(tuple.slots[0], tuple), i, tuples.length, scope.run);
    }
    return kept;
  };
}

/** Binds each tuple's position; the tuples belong to the step that has just made them. */
function numbered(tuples: Scope[], slot: number | undefined): Scope[] {
  if (slot === undefined) return tuples;
  tuples.forEach((tuple, i) => {
    tuple.slots[slot] = i;
  });
  return tuples;
}

function copyOf(tuple: Scope): Scope {
  tuple.run.budget.spend(tuple.slots.length >> 4);
  return new Scope(tuple.run, tuple.slots.slice(), tuple.parent);
}

function slotOf(name: string | undefined, frame: Frame): number | undefined {
  return name === undefined ? undefined : frame.indexOf(name);
}
