import type { JobQuery } from '../../core/engine.js';
import type { Job, JobEnd, JobStatus, NewJob, NewPlainJob } from '../../core/job.js';
import { ISOLATED_DELIVERIES, MAX_CAUSE_LENGTH } from '../../core/limits.js';
import { deadlineOfAttempt, dueAgainAt, expiredEnd, expiresAt } from '../job-term.js';
import type {
  ClaimJobsQuery,
  CreateResult,
  DueQuery,
  EndJob,
  EndJobResult,
  JobChange,
  QueueStatistics,
} from '../store.js';
import { Heap, NOWHERE } from './heap.js';
import type { JobRow } from './job-row.js';
import { Lanes } from './lanes.js';

/** Every job, and which come next. */
export class Jobs {
  readonly #rows = new Map<string, JobRow>();
  #order: JobRow[] = [];
  #added = 0;
  readonly #byInstance = new Map<string, JobRow[]>();
  readonly #pending = new Lanes(({ priority }) => priority, comesFirst);
  readonly #processing = new Lanes(
    () => 0,
    (a, b) => (a.leaseUntil ?? 0) < (b.leaseUntil ?? 0),
  );
  /** Pending and processing ones by when they expire. */
  readonly #open = new Heap<'openPlace', JobRow>(
    'openPlace',
    (a, b) => a.expiresAt < b.expiresAt || (a.expiresAt === b.expiresAt && a.seq < b.seq),
  );
  readonly #limits = new Map<string, number>();
  readonly #isPaused: (queue: string) => boolean;

  constructor(isPaused: (queue: string) => boolean) {
    this.#isPaused = isPaused;
  }

  get(id: string): JobRow | undefined {
    return this.#rows.get(id);
  }

  /** That of a worker which still holds it. */
  held({ id, token }: { readonly id: string; readonly token: string }): JobRow | undefined {
    const row = this.#rows.get(id);
    return row?.token === token ? row : undefined;
  }

  /** In order of creation; of one instance or of all. */
  list(instance?: string): readonly JobRow[] {
    return instance === undefined ? this.#order : (this.#byInstance.get(instance) ?? []);
  }

  remove(rows: readonly JobRow[]): void {
    if (rows.length === 0) return;
    const gone = new Set(rows);
    this.#order = this.#order.filter((row) => !gone.has(row));
    for (const row of rows) {
      const { id, instance = '' } = row.job;
      this.#takeOut(row);
      this.#rows.delete(id);
      const left = this.list(instance).filter((sibling) => !gone.has(sibling));
      if (left.length > 0) this.#byInstance.set(instance, left);
      else this.#byInstance.delete(instance);
    }
  }

  pendingCount(): number {
    return this.#pending.size;
  }

  add(job: NewJob, now: number): JobRow {
    if (this.#rows.has(job.id)) throw new Error(`job ${job.id} is there already`);
    const row = this.#add({ ...job, status: 'pending', attempts: 0, createdAt: now, dueAt: now });
    const siblings = this.#byInstance.get(job.instance);
    if (siblings === undefined) this.#byInstance.set(job.instance, [row]);
    else siblings.push(row);
    return row;
  }

  /** Hands out a job that was just added, if the query is for it, and its queue is neither paused nor limited. */
  take(row: JobRow, { names, queues }: ClaimJobsQuery, now: number, lease: JobHold): boolean {
    const { name, queue } = row.job;
    if (names?.includes(name) === false || queues?.includes(queue) === false) return false;
    if (this.#isPaused(queue) || this.#limits.has(queue) || row.expiresAt <= now) return false;
    hold(row, now, lease);
    this.#settle(row);
    return true;
  }

  enqueue({ hash, delayMs, ...job }: NewPlainJob, now: number): CreateResult {
    const there = this.#rows.get(job.id);
    if (there !== undefined) return there.hash === hash ? 'exists' : 'conflict';
    const times = { createdAt: now, dueAt: now + delayMs };
    this.#add({ ...job, ask: false, status: 'pending', attempts: 0, ...times }, hash);
    return 'created';
  }

  #add(job: Job, hash?: string): JobRow {
    this.#added += 1;
    const row: JobRow = {
      seq: this.#added,
      hash,
      job,
      token: undefined,
      endedBy: undefined,
      leaseUntil: undefined,
      beatAt: undefined,
      expiresAt: 0,
      place: NOWHERE,
      openPlace: NOWHERE,
    };
    this.#rows.set(job.id, row);
    this.#order.push(row);
    this.#settle(row);
    return row;
  }

  claim(query: ClaimJobsQuery, now: number, lease: JobHold): JobRow[] {
    // Counted before anything is taken out: what is processing keeps its place in its queue.
    const free = new Map([...this.#limits.keys()].map((queue) => [queue, this.#free(queue)]));
    const found = this.#find(query, free, now);
    const claimable = found.filter((row) => row.expiresAt > now).sort(comesBefore);
    const apart = isolating(claimable, query.isolated === true ? 0 : 1);
    const claimed = withinLimits(apart, free).slice(0, query.limit);
    for (const row of claimed) hold(row, now, lease);
    for (const row of found) this.#settle(row);
    return claimed;
  }

  /** Takes out of their lanes what may be claimed, and what was in the way. */
  #find({ limit, names, queues }: ClaimJobsQuery, free: ReadonlyMap<string, number>, now: number): JobRow[] {
    const found: JobRow[] = [];
    for (const { queue, heap } of this.#processing.wanted(names, queues)) {
      if (!this.#isPaused(queue)) found.push(...heap.takeWhile((row) => (row.leaseUntil ?? 0) <= now));
    }
    for (const { queue, heap } of this.#pending.wanted(names, queues)) {
      if (!this.#isPaused(queue))
        found.push(...takeDue(heap, Math.min(limit, free.get(queue) ?? limit), now));
    }
    return found;
  }

  extend(row: JobRow, leaseUntil: number, beatAt: number | undefined): void {
    row.leaseUntil = leaseUntil;
    row.beatAt = beatAt ?? row.beatAt;
    this.#settle(row);
  }

  release(row: JobRow): void {
    const { startedAt: _, ...job } = row.job;
    this.#wait({ ...job, attempts: job.attempts - 1 }, row);
  }

  /** As Store.endJobs; `lost` where the token is not the job's. */
  endBy({ id, token, end }: EndJob, now: number): EndJobResult {
    const row = this.#rows.get(id);
    if (row?.token !== token) return row?.endedBy?.token === token ? row.endedBy.result : 'lost';
    const result = this.end(row, end, now);
    row.endedBy = { token, result };
    return result;
  }

  /** Ends it, or lets it be tried again; a job that has ended stays as it is. */
  end(row: JobRow, end: JobEnd, now: number): 'ended' | 'retried' {
    const { error: _, cause: __, ...job } = row.job;
    if (end.status === 'completed') {
      const output = job.instance === undefined ? { output: end.output } : {};
      this.#end({ ...job, ...output, status: 'completed' }, row, now);
      return 'ended';
    }
    const why = { error: end.error, cause: end.cause.slice(0, MAX_CAUSE_LENGTH) };
    const dueAt = dueAgainAt(job, end, now);
    if (dueAt === undefined) this.#end({ ...job, ...why, status: 'failed' }, row, now);
    else this.#wait({ ...job, ...why, dueAt }, row);
    return dueAt === undefined ? 'ended' : 'retried';
  }

  cancel(row: JobRow, now: number): void {
    if (isOpen(row.job.status)) this.#end({ ...row.job, status: 'cancelled' }, row, now);
  }

  cancelPlain(id: string, now: number): JobChange {
    return this.#change(id, isOpen, (row) => this.cancel(row, now));
  }

  retryPlain(id: string, now: number): JobChange {
    const isOver = (status: JobStatus) => status === 'failed' || status === 'cancelled';
    return this.#change(id, isOver, (row) => {
      const { endedAt: _, ...job } = row.job;
      this.#wait({ ...job, attempts: 0, dueAt: now }, row);
    });
  }

  /** Whether any queue has a limit: the end of a job may then make place for another. */
  get hasLimits(): boolean {
    return this.#limits.size > 0;
  }

  limitQueue(queue: string, concurrency: number | undefined): void {
    if (concurrency === undefined) this.#limits.delete(queue);
    else this.#limits.set(queue, concurrency);
  }

  /** Of queues that have jobs or a limit, and of those that are paused, by name. */
  queues(paused: Iterable<string>, now: number): QueueStatistics[] {
    const queues = new Set([...this.#order.map(({ job }) => job.queue), ...this.#limits.keys(), ...paused]);
    return [...queues].sort().map((queue) => this.#statistics(queue, now));
  }

  /** Ends what expired, at most `limit`; answers it with how it ended. */
  expire(limit: number, now: number): { row: JobRow; end: JobEnd }[] {
    const expired: { row: JobRow; end: JobEnd }[] = [];
    for (let row = this.#open.peek(); row !== undefined && expired.length < limit; row = this.#open.peek()) {
      if (row.expiresAt > now) break;
      const end = expiredEnd({ ...row.job, leaseUntil: row.leaseUntil, beatAt: row.beatAt }, now);
      this.end(row, end, now);
      expired.push({ row, end });
    }
    return expired;
  }

  nextDue({ names, queues, isolated = false }: DueQuery): number {
    let due = this.#open.peek()?.expiresAt ?? Number.POSITIVE_INFINITY;
    for (const { queue, heap } of this.#processing.wanted(names, queues)) {
      if (this.#isPaused(queue)) continue;
      for (const row of isolated ? heap.items() : [heap.peek()]) {
        if (row !== undefined && !(isolated && isIsolated(row))) due = Math.min(due, row.leaseUntil ?? due);
      }
    }
    for (const { queue, heap } of this.#pending.wanted(names, queues)) {
      if (this.#isPaused(queue) || this.#free(queue) === 0) continue;
      due = Math.min(due, heap.peek()?.job.dueAt ?? due);
    }
    return due;
  }

  /** How many more of a queue may be handed out now. */
  #free(queue: string): number {
    const concurrency = this.#limits.get(queue);
    return concurrency === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(0, concurrency - this.#processing.count(queue));
  }

  #change(id: string, fits: (status: JobStatus) => boolean, change: (row: JobRow) => void): JobChange {
    const row = this.#rows.get(id);
    if (row === undefined) return 'unknown';
    if (row.job.instance !== undefined) return 'owned';
    if (!fits(row.job.status)) return 'unchanged';
    change(row);
    return 'changed';
  }

  #statistics(queue: string, now: number): QueueStatistics {
    const concurrency = this.#limits.get(queue);
    const count = { pending: 0, delayed: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
    let since = Number.POSITIVE_INFINITY;
    for (const { job } of this.#order) {
      if (job.queue !== queue) continue;
      const isDelayed = job.status === 'pending' && job.dueAt > now;
      count[isDelayed ? 'delayed' : job.status] += 1;
      if (job.status === 'pending' && !isDelayed) since = Math.min(since, job.dueAt);
    }
    return {
      queue,
      paused: this.#isPaused(queue),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...count,
      ...(count.pending === 0 ? {} : { pendingSince: since }),
    };
  }

  #end(job: Job, row: JobRow, now: number): void {
    this.#letGo({ ...job, endedAt: now }, row);
  }

  #wait(job: Job, row: JobRow): void {
    this.#letGo({ ...job, status: 'pending' }, row);
  }

  /** Nobody holds it any more: a plain job's deadline was that of its attempt. */
  #letGo({ deadlineAt, ...job }: Job, row: JobRow): void {
    const isOwned = deadlineAt !== undefined && job.instance !== undefined;
    row.job = isOwned ? { ...job, deadlineAt } : job;
    row.token = undefined;
    row.leaseUntil = undefined;
    row.beatAt = undefined;
    this.#settle(row);
  }

  /** Puts it where it belongs after a change. */
  #settle(row: JobRow): void {
    const { status } = row.job;
    this.#takeOut(row);
    row.expiresAt = expiresAt({ ...row.job, leaseUntil: row.leaseUntil, beatAt: row.beatAt });
    if (status === 'pending') this.#pending.place(row);
    if (status === 'processing') this.#processing.place(row);
    if (isOpen(status) && row.expiresAt < Number.POSITIVE_INFINITY) this.#open.place(row);
  }

  #takeOut(row: JobRow): void {
    this.#pending.remove(row);
    this.#processing.remove(row);
    this.#open.remove(row);
  }
}

/** Whether a listing is after a job. */
export function isWanted({ queue, name, status }: JobQuery, job: Job): boolean {
  return (
    (queue === undefined || queue === job.queue) &&
    (name === undefined || name === job.name) &&
    (status === undefined || status === job.status)
  );
}

function isOpen(status: JobStatus): boolean {
  return status === 'pending' || status === 'processing';
}

/** Who holds a job from now on, and for how long. */
export interface JobHold {
  readonly token: string;
  readonly until: number;
}

function hold(row: JobRow, now: number, { token, until }: JobHold): void {
  const deadlineAt = deadlineOfAttempt(row.job, now);
  row.token = token;
  row.leaseUntil = until;
  row.beatAt = now;
  row.job = {
    ...row.job,
    status: 'processing',
    attempts: row.job.attempts + 1,
    startedAt: now,
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
  };
}

/** Whether it died with so many workers that it has to be run apart from others like it (rule 7). */
function isIsolated({ job: { status, attempts } }: JobRow): boolean {
  return status === 'processing' && attempts >= ISOLATED_DELIVERIES;
}

/** All but the isolated ones beyond the first so many. */
function isolating(rows: readonly JobRow[], most: number): JobRow[] {
  let left = most;
  return rows.filter((row) => !isIsolated(row) || --left >= 0);
}

/** Within a priority. */
function comesFirst(a: JobRow, b: JobRow): boolean {
  return a.job.dueAt < b.job.dueAt || (a.job.dueAt === b.job.dueAt && a.seq < b.seq);
}

function comesBefore(a: JobRow, b: JobRow): number {
  return a.job.priority - b.job.priority || a.job.dueAt - b.job.dueAt || a.seq - b.seq;
}

/** The first due ones of a lane that can be claimed, taken out of it, and what was in the way. */
function takeDue(lane: Heap<'place', JobRow>, limit: number, now: number): JobRow[] {
  let claimable = 0;
  return lane.takeWhile((row) => {
    if (claimable >= limit || row.job.dueAt > now) return false;
    if (row.expiresAt > now) claimable += 1;
    return true;
  });
}

/** As many of each queue as it has places free; what is processing has its place. */
function withinLimits(rows: readonly JobRow[], free: ReadonlyMap<string, number>): JobRow[] {
  const left = new Map(free);
  return rows.filter(({ job: { queue, status } }) => {
    const places = left.get(queue);
    if (status === 'processing' || places === undefined) return true;
    left.set(queue, places - 1);
    return places > 0;
  });
}
