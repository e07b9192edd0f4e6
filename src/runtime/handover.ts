import type { Instance } from '../core/instance.js';
import { OUT_OF_ROW_LENGTH } from '../core/limits.js';
import type { ClaimedJob, ClaimJobsQuery, Commit, CommitResult, Committed, Store } from '../store/store.js';

/** Instances that are remembered at once: as many as one process has jobs of at work, and some more. */
export const MAX_REMEMBERED = 1_000;

/** Who runs jobs in this process. */
export interface JobIntake {
  /**
   * Keeps places free, for so many jobs at most; undefined where there is none, or where others may wait for them
   * that would be overtaken.
   */
  reserve(most: number): ClaimJobsQuery | undefined;
  /** Begins what came of it, and gives the other places up. */
  begin(take: ClaimJobsQuery, jobs: readonly ClaimedJob[]): void;
}

/**
 * Commits turns, and begins the jobs that they make here and now, where there are places for them: nobody has to
 * claim what is handed over by the call that makes it. Of those whose jobs are at work here it remembers how they
 * stand, for `Answering`.
 */
export class Handover {
  readonly #store: Store;
  readonly #intake: JobIntake;
  readonly #standing = new Map<string, Instance>();

  constructor(store: Store, intake: JobIntake) {
    this.#store = store;
    this.#intake = intake;
  }

  /** `instances`: as they stood before. */
  async commit(
    commits: readonly Commit[],
    instances: ReadonlyMap<string, Instance>,
  ): Promise<readonly CommitResult[]> {
    const made = commits.reduce((count, { jobs }) => count + jobs.length, 0);
    const take = made === 0 ? undefined : this.#intake.reserve(made);
    let committed: Committed | undefined;
    try {
      committed = await this.#store.commit(commits, take);
      this.#remember(commits, instances, committed);
      return committed.results;
    } finally {
      if (take !== undefined) this.#intake.begin(take, committed?.jobs ?? []);
    }
  }

  /** How an instance stood after its last commit here, if that is worth knowing. It may have gone on since. */
  standing(instance: string): Instance | undefined {
    return this.#standing.get(instance);
  }

  #remember(
    commits: readonly Commit[],
    instances: ReadonlyMap<string, Instance>,
    { results, jobs }: Committed,
  ): void {
    const begun = new Set(jobs.map(({ instance }) => instance));
    for (const [index, commit] of commits.entries()) {
      const id = commit.lease.instance;
      const before = instances.get(id);
      const isWanted = this.#standing.delete(id) || begun.has(id);
      if (!isWanted || before === undefined || results[index] !== 'committed') continue;
      const after = standingAfter(before, commit);
      if ((after.state?.length ?? 0) <= OUT_OF_ROW_LENGTH) this.#standing.set(id, after);
    }
    // The ones that nothing happened to for longest: a Map keeps the order of its entries.
    for (const id of this.#standing.keys()) {
      if (this.#standing.size <= MAX_REMEMBERED) return;
      this.#standing.delete(id);
    }
  }
}

function standingAfter(instance: Instance, { status, revision, state, updatedAt }: Commit): Instance {
  return { ...instance, status, revision, state: state ?? instance.state, updatedAt };
}
