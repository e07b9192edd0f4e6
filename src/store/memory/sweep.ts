import { hasEnded } from '../../core/instance.js';
import type { JournalEntry } from '../../core/journal.js';
import type { SweepQuery } from '../store.js';
import type { InstanceRow, Instances } from './instances.js';
import type { Jobs } from './jobs.js';
import type { Mail } from './mail.js';
import type { Mailboxes } from './mailboxes.js';
import type { Timeline } from './timeline.js';

/** Everything of a store that sweeping reaches. */
export interface Sweepable {
  readonly instances: Instances;
  readonly mailboxes: Mailboxes;
  readonly jobs: Jobs;
  readonly mail: Mail;
  readonly timeline: Timeline;
}

/** Deletes what nobody needs any more, as SweepQuery has it. */
export class Sweep {
  readonly #from: Sweepable;
  /** The root of a tree of which only a part is gone so far: the next call goes on with it. */
  #condemned: InstanceRow | undefined;

  constructor(from: Sweepable) {
    this.#from = from;
  }

  /** At most `limit`; answers how many. */
  sweep(query: SweepQuery): number {
    if (query.limit < 1) return 0;
    switch (query.what) {
      case 'instances':
        return this.#sweepInstances(query);
      case 'journals':
        return this.#sweepJournals(query);
      case 'jobs':
        return this.#sweepJobs(query);
      case 'letters':
        return this.#sweepLetters(query);
    }
  }

  #sweepInstances(query: SweepQuery): number {
    const { before, limit } = query;
    const ended = this.#from.instances.order
      .filter(({ instance, detached }) => {
        const isRoot = instance.parent === undefined || detached;
        return (
          isRoot && hasEnded(instance.status) && instance.updatedAt < before && isOf(query, instance.machine)
        );
      })
      .sort((a, b) => a.instance.updatedAt - b.instance.updatedAt || a.seq - b.seq);
    const fallen: InstanceRow[] = [];
    for (const root of this.#condemned === undefined ? ended : [this.#condemned, ...ended]) {
      if (fallen.length === limit) break;
      if (fallen.includes(root)) continue;
      const tree = this.#leavesFirst(root);
      if (root !== this.#condemned && tree.some((row) => this.#isUnderWay(row) || this.#isOutlived(row)))
        continue;
      const part = tree.slice(0, limit - fallen.length);
      fallen.push(...part);
      this.#condemned = part.length < tree.length ? root : undefined;
    }
    this.#drop(fallen);
    return fallen.length;
  }

  /** An instance and those that stand and fall with it. */
  #leavesFirst(row: InstanceRow): InstanceRow[] {
    const children = this.#from.instances.childrenOf(row.instance.id).filter(({ detached }) => !detached);
    return [...children.flatMap((child) => this.#leavesFirst(child)), row];
  }

  /** It goes on, or something does that it asked for and nobody waits for. */
  #isUnderWay({ instance: { id, status } }: InstanceRow): boolean {
    return (
      !hasEnded(status) || this.#from.jobs.list(id).some(({ job }) => !job.ask && job.endedAt === undefined)
    );
  }

  /** Children that go by themselves are still there: their ids would be made again under its name. */
  #isOutlived({ instance: { id } }: InstanceRow): boolean {
    return this.#from.instances.childrenOf(id).some(({ detached }) => detached);
  }

  #drop(rows: readonly InstanceRow[]): void {
    const { instances, mailboxes, jobs, mail, timeline } = this.#from;
    timeline.remove(rows.flatMap(({ journal }) => journal));
    jobs.remove(rows.flatMap(({ instance }) => jobs.list(instance.id)));
    for (const { instance } of rows) {
      mailboxes.remove(instance.id);
      mail.forget(instance.id);
    }
    instances.remove(rows);
  }

  #sweepJournals(query: SweepQuery): number {
    const { instances, timeline } = this.#from;
    const trimmed: JournalEntry[] = [];
    const untrimmed = instances.order
      .filter(({ instance }) => isOf(query, instance.machine))
      .flatMap((row) => row.snapshots.map((snapshot) => ({ row, snapshot })))
      .filter(({ snapshot: { at, trimmed } }) => !trimmed && at < query.before)
      .sort((a, b) => a.snapshot.at - b.snapshot.at || a.snapshot.seq - b.snapshot.seq);
    for (const { row, snapshot } of untrimmed) {
      const left = query.limit - trimmed.length;
      if (left === 0) break;
      const gone = instances.trim(row, snapshot, left);
      trimmed.push(...gone);
    }
    timeline.remove(trimmed);
    return trimmed.length;
  }

  #sweepJobs(query: SweepQuery): number {
    const { instances, jobs } = this.#from;
    const ended = jobs
      .list()
      .filter(({ job: { endedAt, instance } }) => {
        const machine = instance === undefined ? '' : (instances.get(instance)?.instance.machine ?? '');
        return endedAt !== undefined && endedAt < query.before && isOf(query, machine);
      })
      .sort((a, b) => (a.job.endedAt ?? 0) - (b.job.endedAt ?? 0) || a.seq - b.seq)
      .slice(0, query.limit);
    jobs.remove(ended);
    return ended.length;
  }

  #sweepLetters({ before, limit }: SweepQuery): number {
    const letters = this.#from.mailboxes.letters(before).slice(0, limit);
    for (const receiver of letters) {
      this.#from.mailboxes.remove(receiver);
      this.#from.mail.forget(receiver);
    }
    return letters.length;
  }
}

function isOf({ machines, exceptMachines = [] }: SweepQuery, machine: string): boolean {
  return machines?.includes(machine) !== false && !exceptMachines.includes(machine);
}
