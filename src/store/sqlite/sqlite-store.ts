import type { Definition, NewDefinition, Version } from '../../core/definition.js';
import type { InstanceQuery, JobQuery, Page, PageQuery } from '../../core/engine.js';
import type { Instance } from '../../core/instance.js';
import type { Job, NewPlainJob } from '../../core/job.js';
import type { JournalEntry } from '../../core/journal.js';
import type { Message, NewMessage } from '../../core/message.js';
import { ANYTHING, Listeners } from '../listeners.js';
import { steadyClock } from '../steady-clock.js';
import type * as port from '../store.js';
import * as accept from './accept.js';
import { changes } from './changes.js';
import { claim } from './claiming.js';
import { Database } from './database.js';
import { deadWorkers, endLeases } from './dead-workers.js';
import * as definitions from './definitions.js';
import type { DriverName } from './driver.js';
import * as due from './due.js';
import { plainly } from './failure.js';
import * as adding from './jobs/adding.js';
import { claimJobs } from './jobs/claiming.js';
import * as ending from './jobs/ending.js';
import * as listing from './jobs/listing.js';
import * as queues from './jobs/queues.js';
import * as leases from './leases.js';
import * as pausing from './pause.js';
import * as reading from './reading.js';
import { migrate } from './schema.js';
import { snapshot } from './snapshot.js';
import { sweep } from './sweep.js';
import * as turn from './turn.js';
import { Watch } from './watch.js';
import { isDeadHere } from './worker-identity.js';
import { type Sync, Writer } from './writer.js';

const MAIL: port.Hint = { mail: true, jobs: false };
const JOBS: port.Hint = { mail: false, jobs: true };

/** How often it is looked whether a worker has died, at most, in milliseconds. */
const LOOK_FOR_DEAD_MS = 500;

export interface SqliteStoreOptions {
  /** The file, made if there is none. Beside it SQLite keeps two more, `-wal` and `-shm`. */
  readonly path: string;
  /** Milliseconds since 1970; the system's clock if absent. */
  readonly clock?: () => number;
  /** A text that never comes again, for seeds and lease tokens; random if absent. */
  readonly random?: () => string;
  /** Whether a worker's process is gone for good; told from its name (`workerIdentity`) if absent. */
  readonly isDead?: (worker: string) => boolean;
  /** Node's own SQLite where there is one, else libsql, if absent. */
  readonly driver?: DriverName;
}

/**
 * A store in one file, for one machine: several processes may use it at once. What was answered is on the
 * disk. Leases of workers that died are ended at once. Rejects with Refused, in one plain sentence, if the
 * file cannot serve: `store-newer`, `store-foreign`, `store-not-a-database`, `store-damaged`,
 * `store-read-only`, `store-full`, `store-busy`, `store-broken`.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<port.Store> {
  const database = await Database.open(options.path, options.driver);
  try {
    await migrate(database);
    const store = new SqliteStore(database, options);
    await store.endLeasesOfDead();
    return store;
  } catch (error) {
    database.close();
    throw plainly(error, options.path);
  }
}

class SqliteStore implements port.Store {
  readonly url: string;
  readonly #database: Database;
  readonly #writer: Writer;
  readonly #clock: () => number;
  readonly #random: () => string;
  readonly #isDead: (worker: string) => boolean;
  readonly #listeners = new Listeners();
  #watch: Watch | undefined;
  #lookedForDeadAt = Number.NEGATIVE_INFINITY;
  #closing: Promise<void> | undefined;

  constructor(
    database: Database,
    { path, clock = Date.now, random, isDead = isDeadHere }: SqliteStoreOptions,
  ) {
    this.url = `sqlite:${path}`;
    this.#database = database;
    this.#clock = steadyClock(clock);
    this.#random = random ?? (() => crypto.randomUUID());
    this.#isDead = isDead;
    this.#writer = new Writer(database, this.#clock);
  }

  now(): Promise<number> {
    return this.#read(() => this.#clock());
  }

  publish(definition: NewDefinition): Promise<Definition> {
    return this.#write(({ database }) => definitions.publish(database, definition), always);
  }

  definition(hash: string): Promise<Definition | undefined> {
    return this.#read((database) => definitions.definition(database, hash));
  }

  latest(machine: string): Promise<Definition | undefined> {
    return this.#read((database) => definitions.latest(database, machine));
  }

  definitions(): Promise<readonly Version[]> {
    return this.#read(definitions.definitions);
  }

  create(instances: readonly port.NewInstance[]): Promise<readonly port.CreateResult[]> {
    return this.#accept(
      (at) => instances.map((instance) => accept.create(at, instance)),
      (results) => results.includes('created') && MAIL,
    );
  }

  send(messages: readonly NewMessage[]): Promise<readonly port.SendResult[]> {
    return this.#accept(
      (at) => messages.map((message) => accept.send(at, message)),
      (results) => results.includes('accepted') && MAIL,
    );
  }

  async claim(query: port.ClaimQuery): Promise<readonly port.Claim[]> {
    await this.endLeasesOfDead();
    const held = await this.#write((at) => claim(at, query), never, 'lazy');
    if (held.length === 0) return [];
    // Behind the transaction: a worker that dies of too large a mailbox has its attempt counted (rule 8).
    return this.#read((database) => turn.load(database, held, query.messages, this.#clock()));
  }

  async commit(commits: readonly port.Commit[], take?: port.ClaimJobsQuery): Promise<port.Committed> {
    const { results, jobs } = await this.#write(
      (at) => turn.commit(at, commits, take),
      ({ results, hint }) => results.includes('committed') && hint,
    );
    return { results, jobs };
  }

  migrate(migrations: readonly port.Migration[]): Promise<readonly port.CommitResult[]> {
    return this.#write(
      (at) => migrations.map((migration) => turn.migrate(at, migration)),
      (results) => results.includes('committed') && ANYTHING,
    );
  }

  extend(held: readonly port.Lease[], leaseMs: number): Promise<readonly string[]> {
    return this.#write(
      ({ database, now }) => {
        const lost = held.filter((lease) => !leases.extend(database, lease, now + leaseMs));
        return lost.map(({ instance }) => instance);
      },
      never,
      'lazy',
    );
  }

  release(releases: readonly port.Release[]): Promise<void> {
    return this.#write(
      ({ database, now }) => {
        for (const release of releases) leases.release(database, release, now);
      },
      () => MAIL,
      'lazy',
    );
  }

  unpark(instance: string): Promise<boolean> {
    return this.#write(
      ({ database, now }) => leases.unpark(database, instance, now),
      (unparked) => unparked && MAIL,
    );
  }

  pause(target: port.Pausable): Promise<boolean> {
    return this.#write(
      ({ database, now }) => pausing.pause(database, target, now),
      (paused) => paused && ANYTHING,
    );
  }

  resume(target: port.Pausable): Promise<boolean> {
    return this.#write(
      ({ database, now }) => pausing.resume(database, target, now),
      (resumed) => resumed && ANYTHING,
    );
  }

  paused(): Promise<readonly port.Pausable[]> {
    return this.#read(pausing.paused);
  }

  enqueue(jobs: readonly NewPlainJob[]): Promise<readonly port.CreateResult[]> {
    return this.#accept(
      (at) => jobs.map((job) => adding.enqueue(at, job)),
      (results) => results.includes('created') && JOBS,
    );
  }

  cancelJob(id: string): Promise<port.JobChange> {
    return this.#write(
      (at) => ending.cancelPlainJob(at, id),
      (result) => result === 'changed' && JOBS,
    );
  }

  retryJob(id: string): Promise<port.JobChange> {
    return this.#write(
      (at) => ending.retryPlainJob(at, id),
      (result) => result === 'changed' && JOBS,
    );
  }

  limitQueue(queue: string, concurrency: number | undefined): Promise<void> {
    return this.#write(
      ({ database }) => queues.limitQueue(database, queue, concurrency),
      () => JOBS,
    );
  }

  queues(): Promise<readonly port.QueueStatistics[]> {
    return this.#read((database) => queues.queues(database, this.#clock()));
  }

  async claimJobs(query: port.ClaimJobsQuery): Promise<readonly port.ClaimedJob[]> {
    await this.endLeasesOfDead();
    return this.#write((at) => claimJobs(at, query), never, 'lazy');
  }

  extendJobs(leases: readonly port.JobLease[], leaseMs: number): Promise<readonly string[]> {
    return this.#write(
      ({ database, now }) => {
        const lost = leases.filter((lease) => !ending.extendJob(database, lease, now + leaseMs, now));
        return lost.map(({ id }) => id);
      },
      never,
      'lazy',
    );
  }

  async endJobs(ends: readonly port.EndJob[]): Promise<readonly port.EndJobResult[]> {
    const { results } = await this.#write(
      (at) => ending.endJobs(at, ends),
      ({ results, hint }) => results.some((result) => result !== 'lost') && hint,
    );
    return results;
  }

  releaseJobs(leases: readonly port.JobLease[]): Promise<void> {
    return this.#write(
      ({ database }) => {
        for (const lease of leases) ending.releaseJob(database, lease);
      },
      () => JOBS,
      'lazy',
    );
  }

  async expire(limit: number): Promise<number> {
    // Asked often, and mostly for nothing: that is told without keeping others from writing.
    if (!(await this.#read((database) => due.isOverdue(database, this.#clock())))) return 0;
    return this.#write(
      (at) => due.expire(at, limit),
      (count) => count > 0 && ANYTHING,
    );
  }

  /** Waits for the disk like any other write: what a reader was told is gone does not come back. */
  sweep(query: port.SweepQuery): Promise<number> {
    return this.#write((at) => sweep(at, query), never);
  }

  nextDue(query: port.DueQuery): Promise<port.Due | undefined> {
    return this.#read((database) => due.nextDue(database, query, this.#clock()));
  }

  onChange(listener: (hint: port.Hint) => void): () => void {
    this.#checkOpen();
    this.#watch ??= new Watch(this.#database, () => this.#listeners.notify());
    return this.#listeners.add(listener);
  }

  read(instance: string): Promise<port.Reading | undefined> {
    return this.#read((database) => reading.read(database, instance, this.#clock()));
  }

  instances(ids: readonly string[]): Promise<readonly Instance[]> {
    return this.#read((database) => reading.instances(database, ids));
  }

  find(query: InstanceQuery): Promise<Page<port.Reading>> {
    return this.#read((database) => reading.find(database, query, this.#clock()));
  }

  count(query: Omit<InstanceQuery, keyof PageQuery>): Promise<number> {
    return this.#read((database) => reading.count(database, query));
  }

  journal(instance: string, query: PageQuery): Promise<Page<JournalEntry>> {
    return this.#read((database) => reading.journal(database, instance, query));
  }

  folded(instance: string, eventId: string): Promise<JournalEntry | undefined> {
    return this.#read((database) => reading.folded(database, instance, eventId));
  }

  snapshot(instance: string, revision: number): Promise<port.Snapshot | undefined> {
    return this.#read((database) => snapshot(database, instance, revision));
  }

  changes(query: port.ChangesQuery): Promise<port.Changes> {
    return this.#read((database) => changes(database, query));
  }

  jobs(query: JobQuery): Promise<Page<Job>> {
    return this.#read((database) => listing.jobs(database, query));
  }

  job(id: string): Promise<Job | undefined> {
    return this.#read((database) => listing.job(database, id));
  }

  awaiting(query: port.AwaitingQuery): Promise<readonly Message[]> {
    return this.#read((database) => reading.awaiting(database, query));
  }

  messages(instance: string): Promise<readonly Message[]> {
    return this.#read((database) => reading.messages(database, instance));
  }

  counts(): Promise<port.Counts> {
    return this.#read((database) => reading.counts(database, this.#clock()));
  }

  close(): Promise<void> {
    this.#closing ??= this.#writer.settled().then(() => {
      this.#watch?.close();
      this.#database.close();
    });
    return this.#closing;
  }

  /** Ends at once what workers held whose process is gone, where that can be told. */
  async endLeasesOfDead(): Promise<void> {
    const at = performance.now();
    if (at - this.#lookedForDeadAt < LOOK_FOR_DEAD_MS) return;
    this.#lookedForDeadAt = at;
    const dead = await this.#read((database) => deadWorkers(database, this.#isDead));
    if (dead.length > 0)
      await this.#write(({ database, now }) => endLeases(database, dead, now), always, 'lazy');
  }

  async #read<T>(work: (database: Database) => T): Promise<T> {
    this.#checkOpen();
    return this.#database.patiently(() => work(this.#database));
  }

  /** As `#write`, for what comes from outside. */
  async #accept<T>(work: (at: accept.Acceptance) => T, tells: (result: T) => port.Hint | false): Promise<T> {
    this.#checkOpen();
    const [database, random] = [this.#database, this.#random];
    const result = await this.#writer.accept((now) => work({ database, random, now }));
    this.#tell(tells(result));
    return result;
  }

  /** Tells those who listen where something came of it that others may wait for. */
  async #write<T>(
    work: (at: accept.Acceptance) => T,
    tells: (result: T) => port.Hint | false,
    sync: Sync = 'full',
  ): Promise<T> {
    this.#checkOpen();
    const [database, random] = [this.#database, this.#random];
    const result = await this.#writer.write((now) => work({ database, random, now }), sync);
    this.#tell(tells(result));
    return result;
  }

  #tell(hint: port.Hint | false): void {
    if (hint !== false) this.#listeners.notify(hint);
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new Error('the store is closed');
  }
}

function always(): port.Hint {
  return ANYTHING;
}

function never(): false {
  return false;
}
