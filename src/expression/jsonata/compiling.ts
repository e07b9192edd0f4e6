import type { TailCode } from './closure.js';
import type { Frame } from './frame.js';
import type { Rules } from './rules.js';
import type { Node } from './syntax-tree.js';
import type { Body, Code } from './value.js';

/** What the compilers of single constructs ask for: the code of the nodes inside them. */
export interface Compiling {
  /** What expressions may say. */
  readonly rules: Rules;
  /** The scope that code is being compiled for. */
  readonly frame: Frame | undefined;
  node(node: Node): Code;
  /** The node's own code, before its filters and its grouping are applied. */
  bare(node: Node): Code;
  /** In the last place of a function. */
  tail(node: Node): TailCode;
  /** As something that runs many times, or later: its cost is paid each time. */
  body(node: Node): Body;
  /** The same, in a scope of its own if it binds variables. */
  scopedBody(node: Node): Body;
  /** Compiles with these variables in a new scope. */
  within<T>(names: Iterable<string>, compile: (frame: Frame) => T): T;
  /** Compiles for a scope that exists already. */
  inFrame<T>(frame: Frame, compile: () => T): T;
  /** Compiles as a body: what is compiled inside is paid for by `cost`, not by what is around it. */
  measured<T>(compile: () => T): { readonly value: T; readonly cost: number; readonly depth: number };
  /** Counts steps of the body at hand for nodes that are compiled together with the node around them. */
  charge(steps: number): void;
  /** Compiles a text that is met while an expression runs, for a scope that stands in this frame. Throws SourceError. */
  text(text: string, frame: Frame | undefined): Body;
}
