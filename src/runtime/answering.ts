import type { Instance } from '../core/instance.js';
import { type JobEnd, jobAnswer } from '../core/job.js';
import { utf8Length } from '../core/json.js';
import { LEASE_MS, OUT_OF_ROW_LENGTH } from '../core/limits.js';
import { Refused } from '../core/problem.js';
import type { ClaimedJob, Store } from '../store/store.js';
import type { Clock } from './clock.js';
import { type Answer, type Fold, foldAnswers } from './folding.js';
import type { Handover } from './handover.js';
import type { Registry } from './registry.js';
import { withChildren } from './spawning.js';
import { TURN_MS } from './turn.js';

/** A job whose handler is done. */
export interface EndedJob {
  readonly job: ClaimedJob;
  /** When it began, by this process's clock. */
  readonly beganAt: number;
  readonly end: JobEnd;
}

export interface AnsweringOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly note?: ((instance: string) => void) | undefined;
}

/**
 * Folds the ends of jobs into their instances where they happen: in one commit the job ends, its instance takes
 * the answer in, and the jobs that come of it are begun. That needs nobody to hold the instance and nothing to be
 * due in its mailbox, and that it stands as this process left it; where any of that is not so, nothing is written,
 * and the answer takes the way through the mailbox.
 */
export class Answering {
  readonly #options: AnsweringOptions;
  readonly #handover: Handover;

  constructor(options: AnsweringOptions, handover: Handover) {
    this.#options = options;
    this.#handover = handover;
  }

  /** Answers those that are written. Rejects where nobody knows whether they are: all may be ended again. */
  async write<T extends EndedJob>(ended: readonly T[]): Promise<ReadonlySet<T>> {
    const { store, registry } = this.#options;
    const { folds, instances, folded } = this.#fold(ended);
    if (folds.length === 0) return new Set();
    try {
      const results = await this.#handover.commit(await withChildren(store, registry, folds), instances);
      return new Set(folded.flatMap((each, index) => (results[index] === 'committed' ? each : [])));
    } catch (error) {
      if (error instanceof Refused) throw error;
      // One of them holds what cannot be written: a worker's turn finds out which, and parks it.
      return new Set();
    }
  }

  #fold<T extends EndedJob>(ended: readonly T[]) {
    const { registry, clock, note = () => {} } = this.#options;
    const instances = new Map<string, Instance>();
    const folds: Fold[] = [];
    const folded: T[][] = [];
    const end = clock.now() + TURN_MS;
    const isLate = () => clock.now() >= end;
    for (const [instance, group] of this.#groups(ended)) {
      const steppable = registry.steppable(instance.definition);
      if (steppable === undefined || isLate()) continue;
      note(instance.id);
      const answers = group.map(({ answer }) => answer);
      const now = Math.max(...group.map(({ one }) => this.#storeTime(one)));
      try {
        const fold = foldAnswers(instance, answers, now, steppable, isLate);
        folds.push(fold);
        folded.push(group.slice(0, fold.answers.length).map(({ one }) => one));
        instances.set(instance.id, instance);
      } catch {
        // Left to a worker's turn, which counts the attempt and says what was wrong (rule 8).
      }
    }
    note('');
    return { folds, instances, folded };
  }

  /** What can be folded here, by instance. */
  #groups<T extends EndedJob>(ended: readonly T[]) {
    const groups = new Map<Instance, { one: T; answer: Answer }[]>();
    for (const one of ended) {
      const instance = this.#handover.standing(one.job.instance ?? '');
      const answer = instance && this.#answer(one);
      if (answer === undefined || instance === undefined) continue;
      const group = groups.get(instance);
      if (group === undefined) groups.set(instance, [{ one, answer }]);
      else group.push({ one, answer });
    }
    return groups;
  }

  /**
   * Undefined for what goes through the mailbox: what nobody asked for, what is long enough to be stored out of
   * the row, and what another worker had before, lest a step that takes its process down is tried again and again
   * with nobody counting.
   */
  #answer({ job, beganAt, end }: EndedJob): Answer | undefined {
    const { id, token, effect, ask, attempts, startedAt } = job;
    if (!ask || effect === undefined || attempts > 1) return undefined;
    // The clocks of this process and the store may have drifted apart since.
    if (this.#options.clock.now() - beganAt > LEASE_MS) return undefined;
    const event = JSON.stringify(jobAnswer(effect, end, startedAt));
    if (utf8Length(event) > OUT_OF_ROW_LENGTH) return undefined;
    return { id, token, end, event, seed: `${token}/${id}` };
  }

  /** The store's clock now, told from when it handed the job out. */
  #storeTime({ job, beganAt }: EndedJob): number {
    return Math.floor((job.startedAt ?? job.dueAt) + this.#options.clock.now() - beganAt);
  }
}
