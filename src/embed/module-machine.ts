import { isJsonObject, type Json } from '../core/json.js';
import type { Implementations } from '../core/language.js';
import type { Handlers } from '../runtime/handler.js';

/** A machine that a module exports: its definition, and the named functions it was made with. */
export interface ModuleMachine {
  readonly source: Json;
  readonly implementations: Implementations;
  /** What carries out its tasks, where it was made with that. */
  readonly handlers: Handlers;
  /** Those that it invokes, where they were given with it. */
  readonly machines: readonly unknown[];
}

/**
 * The machine that a value is, if it is one. Machines are known by their shape, not by their class: a module
 * may have its own copy of this package.
 */
export function machineIn(value: unknown): ModuleMachine | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { source, implementations, handlers, machines } = value as Record<string, unknown>;
  if (!isJsonObject(source) || !isJsonObject(implementations)) return undefined;
  return {
    source,
    implementations: implementations as Implementations,
    handlers: isJsonObject(handlers) ? (handlers as unknown as Handlers) : {},
    machines: Array.isArray(machines) ? machines : [],
  };
}
