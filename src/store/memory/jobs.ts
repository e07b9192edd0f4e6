import type { Job, JobEnd, JobStatus, NewJob } from '../../core/job.js';
import { MAX_CAUSE_LENGTH } from '../../core/limits.js';
import { expiredEnd, expiresAt } from '../job-term.js';
import { Heap, NOWHERE } from './heap.js';

/** A job, and who holds it. `job` is replaced at every change, never changed in place. */
export interface JobRow {
  readonly seq: number;
  job: Job;
  token: string | undefined;
  leaseUntil: number | undefined;
  beatAt: number | undefined;
  /** Kept by `settle`. */
  expiresAt: number;
  /** Where it stands among those of its name, and among those that are open. */
  place: number;
  openPlace: number;
}

/** Every job, and which come next. */
export class Jobs {
  readonly #rows = new Map<string, JobRow>();
  readonly #order: JobRow[] = [];
  readonly #byInstance = new Map<string, JobRow[]>();
  readonly #pending = new Map<string, Queue>();
  readonly #processing = new Map<string, Queue>();
  /** Pending and processing ones by when they expire. */
  readonly #open = new Heap<'openPlace', JobRow>(
    'openPlace',
    (a, b) => a.expiresAt < b.expiresAt || (a.expiresAt === b.expiresAt && a.seq < b.seq),
  );

  get(id: string): JobRow | undefined {
    return this.#rows.get(id);
  }

  /** In order of creation; of one instance or of all. */
  list(instance?: string): readonly JobRow[] {
    return instance === undefined ? this.#order : (this.#byInstance.get(instance) ?? []);
  }

  pendingCount(): number {
    return [...this.#pending.values()].reduce((count, queue) => count + queue.size, 0);
  }

  add(job: NewJob, now: number): void {
    if (this.#rows.has(job.id)) throw new Error(`job ${job.id} is there already`);
    const row: JobRow = {
      seq: this.#order.length + 1,
      job: { ...job, status: 'pending', attempts: 0, createdAt: now, dueAt: now },
      token: undefined,
      leaseUntil: undefined,
      beatAt: undefined,
      expiresAt: 0,
      place: NOWHERE,
      openPlace: NOWHERE,
    };
    this.#rows.set(job.id, row);
    this.#order.push(row);
    const siblings = this.#byInstance.get(job.instance);
    if (siblings === undefined) this.#byInstance.set(job.instance, [row]);
    else siblings.push(row);
    this.#settle(row);
  }

  claim(
    names: readonly string[] | undefined,
    limit: number,
    now: number,
    lease: { token: string; until: number },
  ) {
    const found = [...new Set(names ?? this.#pending.keys())].flatMap((name) => [
      ...this.#takePending(name, limit, now),
      ...(this.#processing.get(name)?.takeWhile((row) => (row.leaseUntil ?? 0) <= now) ?? []),
    ]);
    const claimable = found.filter((row) => row.expiresAt > now).sort((a, b) => a.seq - b.seq);
    const claimed = claimable.slice(0, limit);
    for (const row of claimed) {
      row.token = lease.token;
      row.leaseUntil = lease.until;
      row.beatAt = now;
      row.job = { ...row.job, status: 'processing', attempts: row.job.attempts + 1, startedAt: now };
    }
    for (const row of found) this.#settle(row);
    return claimed;
  }

  extend(row: JobRow, leaseUntil: number, beatAt: number | undefined): void {
    row.leaseUntil = leaseUntil;
    row.beatAt = beatAt ?? row.beatAt;
    this.#settle(row);
  }

  release(row: JobRow): void {
    const { startedAt: _, ...job } = row.job;
    row.job = { ...job, status: 'pending', attempts: job.attempts - 1 };
    this.#free(row);
  }

  /** Ends it; a job that has ended stays as it is. */
  end(row: JobRow, end: JobEnd, now: number): void {
    const why =
      end.status === 'failed' ? { error: end.error, cause: end.cause.slice(0, MAX_CAUSE_LENGTH) } : {};
    this.#end(row, end.status, now, why);
  }

  cancel(row: JobRow, now: number): void {
    if (isOpen(row.job.status)) this.#end(row, 'cancelled', now, {});
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

  nextDue(names: readonly string[] | undefined): number {
    let due = this.#open.peek()?.expiresAt ?? Number.POSITIVE_INFINITY;
    for (const name of names ?? this.#pending.keys()) {
      due = Math.min(
        due,
        this.#pending.get(name)?.peek()?.job.createdAt ?? due,
        this.#processing.get(name)?.peek()?.leaseUntil ?? due,
      );
    }
    return due;
  }

  /** The oldest pending ones of a name that can be claimed, taken out of the queue, and what was in the way. */
  #takePending(name: string, limit: number, now: number): JobRow[] {
    let claimable = 0;
    return (
      this.#pending.get(name)?.takeWhile((row) => {
        if (claimable === limit) return false;
        if (row.expiresAt > now) claimable += 1;
        return true;
      }) ?? []
    );
  }

  #end(row: JobRow, status: JobStatus, now: number, why: { error?: string; cause?: string }): void {
    row.job = { ...row.job, status, endedAt: now, ...why };
    this.#free(row);
  }

  #free(row: JobRow): void {
    row.token = undefined;
    row.leaseUntil = undefined;
    row.beatAt = undefined;
    this.#settle(row);
  }

  /** Puts it into the queues where it belongs after a change. */
  #settle(row: JobRow): void {
    const { name, status } = row.job;
    const pending = queueOf(this.#pending, name, (a, b) => a.seq < b.seq);
    const processing = queueOf(this.#processing, name, (a, b) => (a.leaseUntil ?? 0) < (b.leaseUntil ?? 0));
    pending.remove(row);
    processing.remove(row);
    this.#open.remove(row);
    row.expiresAt = expiresAt({ ...row.job, leaseUntil: row.leaseUntil, beatAt: row.beatAt });
    if (status === 'pending') pending.place(row);
    if (status === 'processing') processing.place(row);
    if (isOpen(status)) this.#open.place(row);
  }
}

type Queue = Heap<'place', JobRow>;

function isOpen(status: JobStatus): boolean {
  return status === 'pending' || status === 'processing';
}

function queueOf(queues: Map<string, Queue>, name: string, before: (a: JobRow, b: JobRow) => boolean) {
  let queue = queues.get(name);
  if (queue === undefined) {
    queue = new Heap('place', before);
    queues.set(name, queue);
  }
  return queue;
}
