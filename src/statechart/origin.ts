import { Chance } from '../core/chance.js';
import { parentOf } from '../core/identifier.js';
import { Budget } from '../expression/budget.js';
import type { MachineScope, Surroundings } from '../expression/expression.js';
import { SESSION } from './dialect.js';
import { type MachineEffect, PARENT, RELATIVE } from './machine-effect.js';
import type { MachineEvent } from './machine-event.js';

/** Where a durable step's time and chance come from; a pure transition has neither. */
export interface Origin {
  readonly at: number;
  readonly instance: string;
  readonly seed: string;
  readonly revision: number;
  /** What it invoked, by id, and the instances that these are. */
  readonly children?: readonly Child[];
}

/** A machine that was invoked under a key. */
export interface Child {
  readonly key: string;
  readonly instance: string;
}

/** One budget for all expressions of a macrostep. */
export function surroundings(origin: Origin | undefined, machine?: MachineScope): Surroundings {
  const budget = new Budget();
  const scope = machine === undefined ? {} : { machine };
  if (origin === undefined) return { budget, ...scope };
  let chance: Chance | undefined;
  return {
    budget,
    ...scope,
    now: origin.at,
    get chance() {
      chance ??= new Chance(origin.instance, origin.seed);
      return chance;
    },
  };
}

/** Whether an address that begins with `#_` is somebody's, to an instance that has begun to do something for an event. */
export function isKnown(
  address: string,
  { instance, children = [] }: Origin,
  { event, effects }: { readonly event: MachineEvent; readonly effects: readonly MachineEffect[] },
): boolean {
  const parent = parentOf(instance);
  if (address === PARENT) return parent !== undefined;
  if (address.startsWith(SESSION)) {
    const session = address.slice(SESSION.length);
    const near = [instance, parent, ...children.map((child) => child.instance)];
    return near.includes(session) || event['origin'] === address;
  }
  const key = address.slice(RELATIVE.length);
  const begun = effects.some((effect) => effect.type === 'spawn' && effect.key === key);
  return begun || children.some((child) => child.key === key);
}
