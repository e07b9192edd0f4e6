import type { Chance } from '../../core/chance.js';

/**
 * What can go wrong around one store call:
 *
 * - `crash-before`, `crash-after`: the process dies before, or just after, the store did it
 * - `fail-before`, `fail-after`: the call rejects; it was not done, or it was and nobody knows
 * - `pause`: the process stands still past its lease, then goes on
 * - `deaf`: change hints are lost from here on, for this process
 */
export type FaultKind = 'crash-before' | 'crash-after' | 'fail-before' | 'fail-after' | 'pause' | 'deaf';

export const FAULT_KINDS: readonly FaultKind[] = [
  'crash-before',
  'crash-after',
  'fail-before',
  'fail-after',
  'pause',
  'deaf',
];

/** Crashes and pauses of one simulation: fewer than MAX_ATTEMPTS, so that nothing is parked for our doing. */
const MAX_DEATHS = 4;

/** Calls that are made too rarely to plan for; now and then one of them fails. */
const RARE_METHODS: readonly string[] = ['extend', 'release', 'extendJobs', 'releaseJobs'];

/** How far into a simulation faults are planned, in store calls of the method they lie in wait for. */
const REACH = 12;

interface PlannedFault {
  readonly kind: FaultKind;
  readonly method: string;
  /** Strikes at the n-th call of the method. */
  readonly call: number;
}

/**
 * The faults of one simulation, planned beforehand so that each surely happens: the simulation goes on until
 * all have, and a fault that never happened fails it.
 */
export class FaultPlan {
  readonly happened: PlannedFault[] = [];
  /** Jobs that a commit handed to a process which never heard of it. */
  orphaned = 0;
  #waiting: PlannedFault[];
  readonly #calls = new Map<string, number>();
  readonly #chance: Chance;

  /** `methods`: where planned faults strike. */
  constructor(chance: Chance, methods: readonly string[], kinds: readonly FaultKind[] = FAULT_KINDS) {
    this.#chance = chance;
    let deaths = 0;
    this.#waiting = [];
    const count = kinds.length === 0 ? 0 : 2 + chance.below(6);
    while (this.#waiting.length < count) {
      const kind = kinds[chance.below(kinds.length)] ?? 'fail-before';
      const deadly = kind.startsWith('crash') || kind === 'pause';
      if (deadly && deaths++ >= MAX_DEATHS) break;
      const method = methods[chance.below(methods.length)] ?? 'commit';
      this.#waiting.push({ kind, method, call: 1 + chance.below(REACH) });
    }
  }

  /** The fault that strikes this call, if one does. */
  strike(method: string): FaultKind | undefined {
    if (RARE_METHODS.includes(method)) return this.#chance.below(5) === 0 ? 'fail-before' : undefined;
    const call = (this.#calls.get(method) ?? 0) + 1;
    this.#calls.set(method, call);
    const fault = this.#waiting.find((planned) => planned.method === method && planned.call <= call);
    if (fault === undefined) return undefined;
    this.#waiting = this.#waiting.filter((planned) => planned !== fault);
    this.happened.push(fault);
    return fault.kind;
  }

  /** What has not happened yet. */
  get outstanding(): readonly string[] {
    return this.#waiting.map(({ kind, method, call }) => `${kind} at ${method} #${call}`);
  }
}
