import type { Definition, NewDefinition, Version } from '../../core/definition.js';
import type { InstanceQuery, JobQuery, Page, PageQuery } from '../../core/engine.js';
import type { Instance, Status } from '../../core/instance.js';
import type { Job, NewPlainJob } from '../../core/job.js';
import type { JournalEntry } from '../../core/journal.js';
import { MAX_PAGE } from '../../core/limits.js';
import type { Message, NewMessage } from '../../core/message.js';
import { messagesAt } from '../caution.js';
import { Listeners } from '../listeners.js';
import { steadyClock } from '../steady-clock.js';
import type * as port from '../store.js';
import { Definitions } from './definitions.js';
import { Instances } from './instances.js';
import { isWanted, Jobs } from './jobs.js';
import { Mail } from './mail.js';
import { type Mailbox, Mailboxes } from './mailboxes.js';
import { newestFirst } from './newest-first.js';
import { Pauses } from './pauses.js';
import { Readings } from './readings.js';
import { Sweep } from './sweep.js';
import { Timeline } from './timeline.js';
import { Turns } from './turns.js';

const MAIL: port.Hint = { mail: true, jobs: false };

export interface MemoryStoreOptions {
  /** Milliseconds since 1970; the system's clock if absent. */
  readonly clock?: () => number;
  /** A text that never comes again, for seeds and lease tokens; random if absent. */
  readonly random?: () => string;
}

/**
 * A store that forgets everything when it is closed: for tests, simulation and short-lived work, and the
 * reference that the others are held against. With a clock and a source of chance handed in it does the same
 * each time.
 */
export function openMemoryStore(options: MemoryStoreOptions = {}): port.Store {
  return new MemoryStore(options);
}

class MemoryStore implements port.Store {
  readonly url = 'memory:';
  readonly #clock: () => number;
  readonly #random: () => string;
  readonly #definitions = new Definitions();
  readonly #instances = new Instances();
  readonly #mailboxes = new Mailboxes();
  readonly #mail = new Mail(this.#mailboxes, () => this.#random());
  readonly #pauses = new Pauses();
  readonly #jobs = new Jobs((queue) => this.#pauses.has('queue', queue));
  readonly #timeline = new Timeline();
  readonly #sweep = new Sweep({
    instances: this.#instances,
    mailboxes: this.#mailboxes,
    jobs: this.#jobs,
    mail: this.#mail,
    timeline: this.#timeline,
  });
  readonly #turns = new Turns({
    instances: this.#instances,
    mailboxes: this.#mailboxes,
    jobs: this.#jobs,
    timeline: this.#timeline,
    isPaused: (machine) => this.#pauses.has('machine', machine),
    append: (message, now) => this.#mail.append(message, now),
    create: (instance, now) => this.#create(instance, now),
  });
  readonly #readings = new Readings({
    instances: this.#instances,
    mailboxes: this.#mailboxes,
    jobs: this.#jobs,
    pauses: this.#pauses,
  });
  readonly #listeners = new Listeners();
  #closed = false;

  constructor({ clock = Date.now, random = () => crypto.randomUUID() }: MemoryStoreOptions) {
    this.#clock = steadyClock(clock);
    this.#random = random;
  }

  async now(): Promise<number> {
    return this.#time();
  }

  async publish(definition: NewDefinition): Promise<Definition> {
    this.#time();
    this.#listeners.notify();
    return this.#definitions.publish(definition);
  }

  async definition(hash: string): Promise<Definition | undefined> {
    this.#time();
    return this.#definitions.get(hash);
  }

  async latest(machine: string): Promise<Definition | undefined> {
    this.#time();
    return this.#definitions.latest(machine);
  }

  async definitions(): Promise<readonly Version[]> {
    this.#time();
    return this.#definitions.all();
  }

  async create(instances: readonly port.NewInstance[]): Promise<readonly port.CreateResult[]> {
    const now = this.#time();
    const results = instances.map((instance) => this.#create(instance, now));
    if (results.includes('created')) this.#listeners.notify(MAIL);
    return results;
  }

  #create(instance: port.NewInstance, now: number): port.CreateResult {
    const result = this.#instances.create(instance, now);
    if (result === 'created') {
      this.#mailboxes.adopt(instance.id, instance.definition);
      this.#mail.append({ ...instance.start, dueAt: 0 }, now);
    }
    return result;
  }

  async send(messages: readonly NewMessage[]): Promise<readonly port.SendResult[]> {
    const now = this.#time();
    const results = messages.map((message) =>
      this.#instances.get(message.to) === undefined ? 'unknown' : this.#mail.append(message, now),
    );
    if (results.includes('accepted')) this.#listeners.notify(MAIL);
    return results;
  }

  async claim(query: port.ClaimQuery): Promise<readonly port.Claim[]> {
    const now = this.#time();
    const token = this.#random();
    const lease = { token, until: now + query.leaseMs };
    const claimed = this.#mailboxes.claim(
      { ...query, definitions: this.#unpaused(query.definitions) },
      now,
      lease,
    );
    return claimed.flatMap((box) => {
      const row = this.#instances.get(box.instance);
      if (row === undefined) return [];
      const { instance, attempts } = box;
      const messages = this.#mailboxes.firstDue(box, messagesAt(attempts, query.messages), now);
      return [{ instance, token, attempts, load: { instance: row.instance, messages, now } }];
    });
  }

  async commit(commits: readonly port.Commit[], take?: port.ClaimJobsQuery): Promise<port.Committed> {
    const now = this.#time();
    const token = take === undefined ? '' : this.#random();
    const { results, jobs, hint } = this.#turns.commit(commits, now, token, take);
    if (results.includes('committed')) this.#listeners.notify(hint);
    return { results, jobs };
  }

  async migrate(migrations: readonly port.Migration[]): Promise<readonly port.CommitResult[]> {
    const now = this.#time();
    const results = migrations.map((migration) => this.#turns.migrate(migration, now));
    if (results.includes('committed')) this.#listeners.notify();
    return results;
  }

  async extend(leases: readonly port.Lease[], leaseMs: number): Promise<readonly string[]> {
    const now = this.#time();
    return leases.flatMap((lease) => {
      const box = this.#turns.mailboxOf(lease);
      if (box === undefined) return [lease.instance];
      this.#mailboxes.extend(box, now + leaseMs);
      return [];
    });
  }

  async release(releases: readonly port.Release[]): Promise<void> {
    const now = this.#time();
    for (const release of releases) {
      const box = this.#turns.mailboxOf(release);
      if (box === undefined) continue;
      const attempts = release.giveBack ? box.attempts - 1 : box.attempts;
      this.#mailboxes.release(box, now, attempts, release.problem ?? box.problem);
    }
    this.#listeners.notify();
  }

  async unpark(instance: string): Promise<boolean> {
    const now = this.#time();
    const box = this.#mailboxes.get(instance);
    if (box?.parked === undefined) return false;
    this.#mailboxes.unpark(box, now);
    this.#listeners.notify();
    return true;
  }

  async pause(target: port.Pausable): Promise<boolean> {
    const now = this.#time();
    if ('queue' in target) return this.#tell(this.#pauses.pause('queue', target.queue));
    if ('machine' in target) return this.#tell(this.#pauses.pause('machine', target.machine));
    const box = this.#turned(target.instance, 'running', 'paused');
    if (box !== undefined) this.#mailboxes.pause(box, now);
    return this.#tell(box !== undefined);
  }

  async resume(target: port.Pausable): Promise<boolean> {
    const now = this.#time();
    if ('queue' in target) return this.#tell(this.#pauses.resume('queue', target.queue));
    if ('machine' in target) return this.#tell(this.#pauses.resume('machine', target.machine));
    const box = this.#turned(target.instance, 'paused', 'running');
    if (box !== undefined) this.#mailboxes.resume(box, now);
    return this.#tell(box !== undefined);
  }

  /** Gives an instance of one status another; answers its mailbox. */
  #turned(instance: string, from: Status, to: Status): Mailbox | undefined {
    const row = this.#instances.get(instance);
    if (row?.instance.status !== from) return undefined;
    row.instance = { ...row.instance, status: to };
    return this.#mailboxes.get(instance);
  }

  async paused(): Promise<readonly port.Pausable[]> {
    this.#time();
    return this.#pauses.list();
  }

  async enqueue(jobs: readonly NewPlainJob[]): Promise<readonly port.CreateResult[]> {
    const now = this.#time();
    const results = jobs.map((job) => this.#jobs.enqueue(job, now));
    if (results.includes('created')) this.#listeners.notify();
    return results;
  }

  async cancelJob(id: string): Promise<port.JobChange> {
    const result = this.#jobs.cancelPlain(id, this.#time());
    this.#tell(result === 'changed');
    return result;
  }

  async retryJob(id: string): Promise<port.JobChange> {
    const result = this.#jobs.retryPlain(id, this.#time());
    this.#tell(result === 'changed');
    return result;
  }

  async limitQueue(queue: string, concurrency: number | undefined): Promise<void> {
    this.#time();
    this.#jobs.limitQueue(queue, concurrency);
    this.#listeners.notify();
  }

  async queues(): Promise<readonly port.QueueStatistics[]> {
    const now = this.#time();
    return this.#jobs.queues(this.#pauses.of('queue'), now);
  }

  async claimJobs(query: port.ClaimJobsQuery): Promise<readonly port.ClaimedJob[]> {
    const now = this.#time();
    const token = this.#random();
    const claimed = this.#jobs.claim(query, now, { token, until: now + query.leaseMs });
    return claimed.map(({ job }) => ({ ...job, token }));
  }

  async extendJobs(leases: readonly port.JobLease[], leaseMs: number): Promise<readonly string[]> {
    const now = this.#time();
    return leases.flatMap((lease) => {
      const row = this.#jobs.held(lease);
      if (row === undefined) return [lease.id];
      this.#jobs.extend(row, now + leaseMs, lease.beat === true ? now : undefined);
      return [];
    });
  }

  async endJobs(ends: readonly port.EndJob[]): Promise<readonly port.EndJobResult[]> {
    const now = this.#time();
    const results = ends.map((end): port.EndJobResult => {
      const row = this.#jobs.held(end);
      if (row !== undefined) this.#mail.answer(row.job, end.end, now);
      return this.#jobs.endBy(end, now);
    });
    const answered = ends.some(({ id }) => this.#jobs.get(id)?.job.instance !== undefined);
    this.#listeners.notify({ mail: answered, jobs: this.#jobs.hasLimits || results.includes('retried') });
    return results;
  }

  async releaseJobs(leases: readonly port.JobLease[]): Promise<void> {
    this.#time();
    for (const lease of leases) {
      const row = this.#jobs.held(lease);
      if (row !== undefined) this.#jobs.release(row);
    }
    this.#listeners.notify();
  }

  async expire(limit: number): Promise<number> {
    const now = this.#time();
    const expired = this.#jobs.expire(limit, now);
    for (const { row, end } of expired) this.#mail.answer(row.job, end, now);
    const count = expired.length + this.#mailboxes.parkOrphans(limit, now);
    if (count > 0) this.#listeners.notify();
    return count;
  }

  async nextDue(query: port.DueQuery): Promise<port.Due | undefined> {
    const now = this.#time();
    const at = Math.min(
      this.#mailboxes.nextDue(this.#unpaused(query.definitions)),
      this.#jobs.nextDue(query),
    );
    return at === Number.POSITIVE_INFINITY ? undefined : { at, now };
  }

  async sweep(query: port.SweepQuery): Promise<number> {
    this.#time();
    return this.#sweep.sweep(query);
  }

  onChange(listener: (hint: port.Hint) => void): () => void {
    return this.#listeners.add(listener);
  }

  async read(instance: string): Promise<port.Reading | undefined> {
    return this.#readings.read(instance, this.#time());
  }

  async instances(ids: readonly string[]): Promise<readonly Instance[]> {
    this.#time();
    return ids.flatMap((id) => this.#instances.get(id)?.instance ?? []);
  }

  async find(query: InstanceQuery): Promise<Page<port.Reading>> {
    return this.#readings.find(query, this.#time());
  }

  async count(query: Omit<InstanceQuery, keyof PageQuery>): Promise<number> {
    this.#time();
    return this.#readings.count(query);
  }

  async journal(instance: string, query: PageQuery): Promise<Page<JournalEntry>> {
    this.#time();
    return this.#readings.journal(instance, query);
  }

  async folded(instance: string, eventId: string): Promise<JournalEntry | undefined> {
    this.#time();
    return this.#instances.get(instance)?.folded.get(eventId);
  }

  async snapshot(instance: string, revision: number): Promise<port.Snapshot | undefined> {
    this.#time();
    return this.#readings.snapshot(instance, revision);
  }

  async changes(query: port.ChangesQuery): Promise<port.Changes> {
    this.#time();
    return this.#timeline.changes(query);
  }

  async jobs(query: JobQuery): Promise<Page<Job>> {
    this.#time();
    const rows = this.#jobs.list(query.instance);
    const page = newestFirst(rows, query, ({ job }) => isWanted(query, job));
    return { ...page, items: page.items.map((row) => row.job) };
  }

  async job(id: string): Promise<Job | undefined> {
    this.#time();
    return this.#jobs.get(id)?.job;
  }

  async awaiting(query: port.AwaitingQuery): Promise<readonly Message[]> {
    this.#time();
    return this.#mailboxes.awaiting(query);
  }

  async messages(instance: string): Promise<readonly Message[]> {
    this.#time();
    return this.#mailboxes.get(instance)?.messages.slice(0, MAX_PAGE) ?? [];
  }

  async counts(): Promise<port.Counts> {
    return this.#readings.counts(this.#time());
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Lets those who listen know, if something came of it that they may wait for. */
  #tell(changed: boolean): boolean {
    if (changed) this.#listeners.notify();
    return changed;
  }

  /** The time; every call asks for it, so none gets past the end. */
  #time(): number {
    if (this.#closed) throw new Error('the store is closed');
    return this.#clock();
  }

  /** Of these definitions, those whose machine is not paused. */
  #unpaused(definitions: readonly string[]): readonly string[] {
    const paused = this.#pauses.of('machine');
    if (paused.size === 0) return definitions;
    return definitions.filter((hash) => !paused.has(this.#definitions.machineOf(hash) ?? ''));
  }
}
