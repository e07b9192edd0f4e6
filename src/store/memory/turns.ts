import type { JournalEntry } from '../../core/journal.js';
import type { Message, NewMessage } from '../../core/message.js';
import type {
  ClaimedJob,
  ClaimJobsQuery,
  Commit,
  CommitResult,
  Committed,
  Hint,
  Hold,
  Migration,
  NewInstance,
} from '../store.js';
import type { InstanceRow, Instances } from './instances.js';
import type { Jobs } from './jobs.js';
import type { Mailbox, Mailboxes } from './mailboxes.js';
import type { Timeline } from './timeline.js';

/** Everything of a store that a turn's commit reaches. */
export interface Turnable {
  readonly instances: Instances;
  readonly mailboxes: Mailboxes;
  readonly jobs: Jobs;
  readonly timeline: Timeline;
  readonly isPaused: (machine: string) => boolean;
  readonly append: (message: NewMessage, now: number) => void;
  readonly create: (instance: NewInstance, now: number) => void;
}

/** What a commit is written to. */
interface Held {
  readonly row: InstanceRow;
  readonly box: Mailbox;
}

/** Commits of turns, as Store.commit has them. */
export class Turns {
  readonly #of: Turnable;

  constructor(of: Turnable) {
    this.#of = of;
  }

  /** The token is for the jobs that are handed to the caller. */
  commit(
    commits: readonly Commit[],
    now: number,
    token: string,
    take?: ClaimJobsQuery,
  ): Committed & { hint: Hint } {
    for (const commit of commits) {
      const held = this.#held(commit, now);
      if (held !== undefined) this.#of.instances.check(commit, entriesOf(commit, held.box));
    }
    const jobs: ClaimedJob[] = [];
    const hint = { mail: false, jobs: false };
    const results = commits.map((commit): CommitResult => {
      const held = this.#held(commit, now);
      if (held === undefined) return 'conflict';
      const taken = this.#addJobs(commit, now, take && { ...take, limit: take.limit - jobs.length }, token);
      jobs.push(...taken);
      this.#write(commit, held, entriesOf(commit, held.box), now);
      hint.mail ||= held.box.nextDueAt !== undefined || commit.messages.length + commit.spawns.length > 0;
      hint.jobs ||= taken.length < commit.jobs.length || commit.cancelledJobs.length > 0;
      hint.jobs ||= commit.answers.length > 0 && this.#of.jobs.hasLimits;
      return 'committed';
    });
    return { results, jobs, hint };
  }

  /** As Store.migrate has it. */
  migrate({ from, definition, entry, commit }: Migration, now: number): CommitResult {
    const { instances, mailboxes } = this.#of;
    const { instance, baseRevision } = { ...commit.lease, ...commit };
    const [row, box] = [instances.get(instance), mailboxes.get(instance)];
    if (row === undefined || box === undefined || row.instance.revision !== baseRevision) return 'conflict';
    if (row.instance.status !== from.status || row.instance.definition !== from.definition) return 'conflict';
    instances.check(commit, [entry]);
    this.#addJobs(commit, now, undefined, '');
    row.instance = { ...row.instance, definition };
    mailboxes.move(box, definition);
    this.#write(commit, { row, box }, [entry], now);
    return 'committed';
  }

  /** The mailbox of a hold with a token, if it still holds: nobody took it over. */
  mailboxOf({ instance, token }: Hold): Mailbox | undefined {
    const box = this.#of.mailboxes.get(instance);
    return token !== undefined && box?.token === token ? box : undefined;
  }

  #held({ lease, baseRevision, answers }: Commit, now: number): Held | undefined {
    const { instances, mailboxes, jobs, isPaused } = this.#of;
    const row = instances.get(lease.instance);
    const idle = mailboxes.get(lease.instance);
    if (row === undefined || row.instance.revision !== baseRevision || idle === undefined) return undefined;
    if (answers.some(({ id, token }) => jobs.get(id)?.token !== token)) return undefined;
    if (lease.token !== undefined) {
      const box = this.mailboxOf(lease);
      return box && { row, box };
    }
    if (!mailboxes.isIdle(idle, now) || isPaused(row.instance.machine)) return undefined;
    return { row, box: idle };
  }

  #write(commit: Commit, { row, box }: Held, entries: readonly JournalEntry[], now: number): void {
    const { instances, mailboxes, jobs, timeline, append, create } = this.#of;
    const { instance } = commit.lease;
    instances.commit(row, commit, entries, now);
    for (const entry of entries) timeline.add(entry, row.instance.machine);
    for (const answer of commit.answers) jobs.endBy(answer, now);
    for (const message of [...commit.timers, ...commit.messages]) append(message, now);
    for (const id of commit.cancelledJobs) {
      const cancelled = jobs.get(id);
      if (cancelled?.job.instance === instance) jobs.cancel(cancelled, now);
    }
    for (const spawn of commit.spawns) create(spawn, now);
    const consumed = new Set(commit.folded.map(({ seq }) => seq));
    const cancelled = new Set(commit.cancelledTimers);
    mailboxes.consume(box, ({ seq, id }) => consumed.has(seq) || cancelled.has(id), now);
  }

  /** Answers those that were handed to the caller. */
  #addJobs(commit: Commit, now: number, take: ClaimJobsQuery | undefined, token: string): ClaimedJob[] {
    const { jobs } = this.#of;
    const taken: ClaimedJob[] = [];
    for (const job of commit.jobs) {
      const row = jobs.add(job, now);
      if (take === undefined || taken.length >= take.limit) continue;
      if (jobs.take(row, take, now, { token, until: now + take.leaseMs })) taken.push({ ...row.job, token });
    }
    return taken;
  }
}

/** What a commit has for the journal, in order. Throws where it folded what is not there. */
function entriesOf({ lease, folded, answers }: Commit, { messages }: Mailbox): JournalEntry[] {
  const { instance } = lease;
  const waiting = new Map(messages.map((message) => [message.seq, message]));
  const moved = folded.map(({ seq, ...entry }): JournalEntry => {
    const { id, seed, event } = messageOf(waiting, seq, instance);
    return { instance, eventId: id, seed, event, ...entry };
  });
  const answered = answers.map(
    ({ id, token: _, end: __, ...entry }): JournalEntry => ({ instance, eventId: id, ...entry }),
  );
  return [...moved, ...answered].sort((a, b) => a.revision - b.revision);
}

function messageOf(waiting: ReadonlyMap<number, Message>, seq: number, instance: string): Message {
  const message = waiting.get(seq);
  if (message === undefined) throw new Error(`${instance}: message ${seq} is not in its mailbox`);
  return message;
}
