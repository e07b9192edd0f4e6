import type { Instance } from '../core/instance.js';
import type { Claim, Commit, Release, Store } from '../store/store.js';
import type { Clock } from './clock.js';
import { type Fold, foldMailbox } from './folding.js';
import type { Registry } from './registry.js';
import { withChildren } from './spawning.js';
import { stepProblem } from './step-problem.js';

/**
 * How long a turn folds, in milliseconds, before it leaves the rest to the next: folding blocks the process,
 * which has leases to renew and others to answer.
 */
export const TURN_MS = 250;

/** What a turn leaves to be written: the commits of what was stepped, the releases of what could not be. */
export interface TurnEnd {
  /** The instances that were folded, as they stood before. */
  readonly instances: ReadonlyMap<string, Instance>;
  readonly commits: readonly Commit[];
  readonly releases: readonly Release[];
}

/**
 * The middle of a turn: fold what was claimed. A step that throws is a bug of a definition or of
 * ours: its mailbox is released with the attempt kept, and the others go on (rule 8).
 *
 * `note` is called with the instance's id before each fold, for whoever must name it if the fold never ends,
 * and with nothing after the last.
 */
export async function takeTurn(
  store: Store,
  registry: Registry,
  claims: readonly Claim[],
  clock: Clock,
  note: (instance: string) => void,
): Promise<TurnEnd> {
  if (claims.length === 0) return { instances: new Map(), commits: [], releases: [] };
  const end = clock.now() + TURN_MS;
  const isLate = () => clock.now() >= end;
  const folds: Fold[] = [];
  const releases: Release[] = [];
  for (const claim of claims) {
    const steppable = registry.steppable(claim.load.instance.definition);
    if (steppable === undefined || (folds.length > 0 && isLate())) {
      releases.push({ ...claim, giveBack: true });
      continue;
    }
    // Not within: that a note cannot be written is not the step's fault.
    note(claim.instance);
    try {
      folds.push(foldMailbox(claim.load, claim, steppable, isLate));
    } catch (error) {
      releases.push({ ...claim, giveBack: false, problem: stepProblem(error, claim.load, steppable) });
    }
  }
  note('');
  const instances = new Map(claims.map(({ load }) => [load.instance.id, load.instance]));
  return { instances, commits: await withChildren(store, registry, folds), releases };
}
