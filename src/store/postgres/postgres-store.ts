import { awaitedNames } from '../../core/correlation.js';
import type { Definition, NewDefinition, Version } from '../../core/definition.js';
import type { InstanceQuery, JobQuery, Page, PageQuery } from '../../core/engine.js';
import type { Instance } from '../../core/instance.js';
import type { Job, NewPlainJob } from '../../core/job.js';
import type { JournalEntry } from '../../core/journal.js';
import type { Message, NewMessage } from '../../core/message.js';
import { ANYTHING, Listeners } from '../listeners.js';
import { behind } from '../page.js';
import { steadyClock } from '../steady-clock.js';
import type * as port from '../store.js';
import { changes } from './changes.js';
import { claim } from './claiming.js';
import { Database, type SqlValue } from './database.js';
import { Group } from './group.js';
import { claimJobs, endJobs, jobOf, jobs, plainJobColumns, statisticsOf } from './jobs.js';
import { type PostgresStoreOptions, settingsOf } from './options.js';
import * as reading from './reading.js';
import { definitionOf, entryOf, messageOf, readingOf, snapshotOf, versionOf } from './rows.js';
import { checkServer, migrate } from './schema.js';
import * as calls from './sql/calls.js';
import * as definitions from './sql/definitions.js';
import { JOB } from './sql/jobs.js';
import * as queues from './sql/queues.js';
import { AWAITING, COUNTS, FOLDED, MESSAGES, READ, SNAPSHOT } from './sql/reading.js';
import { sweep } from './sweep.js';
import { commit, migrateInstance } from './turns.js';
import { Watch } from './watch.js';
import { instanceColumns, messageColumns } from './writing.js';

const MAIL = { mail: true, jobs: false };
const JOBS = { mail: false, jobs: true };

/**
 * A store in one schema of a PostgreSQL database, for any number of processes on any number of machines. The
 * schema is made, and brought to this version, by whoever opens it first. Rejects with Refused, in one plain
 * sentence without user or password, if the database cannot serve: `store-driver-missing`, `store-url`,
 * `store-unreachable`, `store-denied`, `store-unknown`, `store-newer`, `store-foreign`, `store-old`,
 * `store-encoding`, `store-isolation`, `store-read-only`, `store-tls`, `store-busy`, `store-timeout`,
 * `store-full`, `store-damaged`, `store-broken`.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<port.Store> {
  const database = await Database.open(settingsOf(options));
  try {
    await checkServer(database);
    await migrate(database);
    await database.rows(calls.REORDER_JOURNAL);
    return new PostgresStore(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

class PostgresStore implements port.Store {
  readonly url: string;
  readonly #database: Database;
  readonly #clock: (() => number) | undefined;
  readonly #listeners = new Listeners();
  readonly #watch: Watch;
  readonly #sends: Group<NewMessage, port.SendResult>;
  readonly #creations: Group<port.NewInstance, port.CreateResult>;
  readonly #ends: Group<port.EndJob, port.EndJobResult>;
  readonly #latest: Group<string, Definition | undefined>;
  readonly #readings: Group<string, port.Reading | undefined>;
  readonly #open = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(database: Database) {
    const { shownUrl, clock } = database.settings;
    this.url = shownUrl;
    this.#database = database;
    this.#clock = clock && steadyClock(clock);
    this.#watch = new Watch(database, (hint) => this.#listeners.notify(hint));
    this.#sends = new Group((messages) =>
      this.#accept(calls.SEND, calls.SEND_AND_NOTIFY, messageColumns(messages), 'accepted', MAIL),
    );
    this.#creations = new Group((instances) =>
      this.#accept(calls.CREATE, calls.CREATE_AND_NOTIFY, instanceColumns(instances), 'created', MAIL),
    );
    this.#ends = new Group((ends) => this.#endJobs(ends));
    this.#latest = new Group(async (machines) => {
      const found = (await this.#database.rows(definitions.LATEST, [...new Set(machines)])).map(definitionOf);
      const newest = new Map(found.map((definition) => [definition.machine, definition]));
      return machines.map((machine) => newest.get(machine));
    });
    this.#readings = new Group(async (instances) => {
      const found = (await this.#database.rows(READ, this.#time(), [...new Set(instances)])).map(readingOf);
      const byId = new Map(found.map((reading) => [reading.instance.id, reading]));
      return instances.map((instance) => byId.get(instance));
    });
  }

  now(): Promise<number> {
    return this.#value(calls.NOW, this.#time());
  }

  async publish({ hash, machine, language, source, code }: NewDefinition): Promise<Definition> {
    const text = JSON.stringify(source);
    const rows = await this.#rows(definitions.PUBLISH, hash, machine, language, text, code ?? null);
    this.#tell();
    const [published] = rows.map(definitionOf);
    if (published === undefined) throw new Error(`definition ${hash} was not written`);
    return published;
  }

  async definition(hash: string): Promise<Definition | undefined> {
    return (await this.#rows(definitions.DEFINITION, hash)).map(definitionOf)[0];
  }

  async latest(machine: string): Promise<Definition | undefined> {
    return (await this.#grouped(this.#latest, [machine]))[0];
  }

  async definitions(): Promise<readonly Version[]> {
    return (await this.#rows(definitions.DEFINITIONS)).map(versionOf);
  }

  create(instances: readonly port.NewInstance[]): Promise<readonly port.CreateResult[]> {
    return this.#grouped(this.#creations, instances);
  }

  send(messages: readonly NewMessage[]): Promise<readonly port.SendResult[]> {
    return this.#grouped(this.#sends, messages);
  }

  claim(query: port.ClaimQuery): Promise<readonly port.Claim[]> {
    return this.#whileOpen(() => claim(this.#database, query, () => this.#time()));
  }

  async commit(commits: readonly port.Commit[], take?: port.ClaimJobsQuery): Promise<port.Committed> {
    const written = this.#whileOpen(() => commit(this.#database, commits, take, () => this.#time()));
    const { results, jobs, hint } = await written;
    return this.#telling({ results, jobs }, results.includes('committed') && hint);
  }

  async migrate(migrations: readonly port.Migration[]): Promise<readonly port.CommitResult[]> {
    const results: port.CommitResult[] = [];
    for (const migration of migrations) {
      results.push(await this.#whileOpen(() => migrateInstance(this.#database, migration, this.#time())));
    }
    return this.#telling(results, results.includes('committed') && ANYTHING);
  }

  extend(leases: readonly port.Lease[], leaseMs: number): Promise<readonly string[]> {
    const instances = leases.map(({ instance }) => instance);
    const tokens = leases.map(({ token }) => token);
    return this.#value(calls.EXTEND, this.#time(), instances, tokens, leaseMs);
  }

  async release(releases: readonly port.Release[]): Promise<void> {
    await this.#rows(
      calls.RELEASE,
      this.#time(),
      releases.map(({ instance }) => instance),
      releases.map(({ token }) => token),
      releases.map(({ giveBack }) => giveBack),
      releases.map(({ problem }) => (problem === undefined ? null : JSON.stringify(problem))),
    );
    this.#tell(MAIL);
  }

  async unpark(instance: string): Promise<boolean> {
    const unparked = await this.#value<boolean>(calls.UNPARK, this.#time(), instance);
    return this.#telling(unparked, unparked && MAIL);
  }

  async pause(target: port.Pausable): Promise<boolean> {
    const paused =
      'instance' in target
        ? await this.#value<boolean>(calls.PAUSE_INSTANCE, this.#time(), target.instance)
        : (await this.#rows(queues.PAUSE, ...kindAndName(target))).length > 0;
    return this.#telling(paused, paused && ANYTHING);
  }

  async resume(target: port.Pausable): Promise<boolean> {
    const resumed =
      'instance' in target
        ? await this.#value<boolean>(calls.RESUME_INSTANCE, this.#time(), target.instance)
        : (await this.#rows(queues.RESUME, ...kindAndName(target))).length > 0;
    return this.#telling(resumed, resumed && ('queue' in target ? JOBS : MAIL));
  }

  async paused(): Promise<readonly port.Pausable[]> {
    return (await this.#rows(queues.PAUSED)).map((row) => {
      const [kind, name] = row as [string, string];
      return kind === 'machine' ? { machine: name } : { queue: name };
    });
  }

  async enqueue(jobs: readonly NewPlainJob[]): Promise<readonly port.CreateResult[]> {
    if (jobs.length === 0) return [];
    return this.#accept(calls.ENQUEUE, calls.ENQUEUE_AND_NOTIFY, plainJobColumns(jobs), 'created', JOBS);
  }

  cancelJob(id: string): Promise<port.JobChange> {
    return this.#changeJob(id, true);
  }

  retryJob(id: string): Promise<port.JobChange> {
    return this.#changeJob(id, false);
  }

  async limitQueue(queue: string, concurrency: number | undefined): Promise<void> {
    if (concurrency === undefined) await this.#rows(queues.UNLIMIT_QUEUE, queue);
    else await this.#rows(queues.LIMIT_QUEUE, queue, concurrency);
    this.#tell(JOBS);
  }

  async queues(): Promise<readonly port.QueueStatistics[]> {
    return (await this.#rows(queues.QUEUES, this.#time())).map(statisticsOf);
  }

  claimJobs(query: port.ClaimJobsQuery): Promise<readonly port.ClaimedJob[]> {
    return this.#whileOpen(() => claimJobs(this.#database, query, this.#time()));
  }

  extendJobs(leases: readonly port.JobLease[], leaseMs: number): Promise<readonly string[]> {
    const ids = leases.map(({ id }) => id);
    const tokens = leases.map(({ token }) => token);
    const beats = leases.map(({ beat }) => beat === true);
    return this.#value(calls.EXTEND_JOBS, this.#time(), ids, tokens, beats, leaseMs);
  }

  endJobs(ends: readonly port.EndJob[]): Promise<readonly port.EndJobResult[]> {
    return this.#grouped(this.#ends, ends);
  }

  async releaseJobs(leases: readonly port.JobLease[]): Promise<void> {
    const ids = leases.map(({ id }) => id);
    const tokens = leases.map(({ token }) => token);
    await this.#rows(calls.RELEASE_JOBS, ids, tokens);
    this.#tell(JOBS);
  }

  async expire(limit: number): Promise<number> {
    const count = await this.#value<number>(calls.EXPIRE, this.#time(), limit);
    return this.#telling(count, count > 0 && ANYTHING);
  }

  sweep(query: port.SweepQuery): Promise<number> {
    return this.#whileOpen(() => sweep(this.#database, query));
  }

  async nextDue({ definitions, ...jobs }: port.DueQuery): Promise<port.Due | undefined> {
    const lanes = [jobs.names ?? null, jobs.queues ?? null, jobs.isolated ?? false];
    const [row] = await this.#rows(calls.NEXT_DUE, definitions, ...lanes, this.#time());
    const [at, now] = row as [number | null, number];
    return at === null ? undefined : { at, now };
  }

  onChange(listener: (hint: port.Hint) => void): () => void {
    this.#checkOpen();
    this.#watch.start();
    return this.#listeners.add(listener);
  }

  async read(instance: string): Promise<port.Reading | undefined> {
    return (await this.#grouped(this.#readings, [instance]))[0];
  }

  instances(ids: readonly string[]): Promise<readonly Instance[]> {
    return this.#whileOpen(() => reading.instances(this.#database, ids));
  }

  find(query: InstanceQuery): Promise<Page<port.Reading>> {
    return this.#whileOpen(() => reading.find(this.#database, query, this.#time()));
  }

  count(query: Omit<InstanceQuery, keyof PageQuery>): Promise<number> {
    return this.#whileOpen(() => reading.count(this.#database, query));
  }

  journal(instance: string, query: PageQuery): Promise<Page<JournalEntry>> {
    return this.#whileOpen(() => reading.journal(this.#database, instance, query));
  }

  async folded(instance: string, eventId: string): Promise<JournalEntry | undefined> {
    return (await this.#rows(FOLDED, instance, eventId)).map(entryOf)[0];
  }

  async snapshot(instance: string, revision: number): Promise<port.Snapshot | undefined> {
    return (await this.#rows(SNAPSHOT, instance, revision)).map(snapshotOf)[0];
  }

  changes(query: port.ChangesQuery): Promise<port.Changes> {
    return this.#whileOpen(() => changes(this.#database, query));
  }

  jobs(query: JobQuery): Promise<Page<Job>> {
    return this.#whileOpen(() => jobs(this.#database, query));
  }

  async job(id: string): Promise<Job | undefined> {
    return (await this.#rows(JOB, id)).map(jobOf)[0];
  }

  async awaiting({ subject, limit, after = '' }: port.AwaitingQuery): Promise<readonly Message[]> {
    const names = awaitedNames(subject);
    return (await this.#rows(AWAITING, names, behind(names), after, limit)).map(messageOf);
  }

  async messages(instance: string): Promise<readonly Message[]> {
    return (await this.#rows(MESSAGES, instance)).map(messageOf);
  }

  async counts(): Promise<port.Counts> {
    const [row] = await this.#rows(COUNTS, this.#time());
    const [instances, dueMessages, pendingJobs, parked] = row as [number, number, number, number];
    return { instances, dueMessages, pendingJobs, parked };
  }

  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#open).then(async () => {
      await this.#watch.close();
      await this.#database.close();
    });
    return this.#closing;
  }

  /**
   * Writes what comes from outside, and tells others of it where there is something new: those in other processes with
   * the very statement that writes it, if little is told.
   */
  async #accept<R extends string>(
    sql: string,
    sqlAndNotify: string,
    columns: readonly SqlValue[],
    news: NoInfer<R>,
    hint: port.Hint,
  ): Promise<readonly R[]> {
    const along = this.#watch.tellAlong(hint);
    const values = [this.#time(), ...columns, ...(along ?? [])];
    const results = await this.#value<readonly R[]>(along ? sqlAndNotify : sql, ...values);
    if (!results.includes(news)) return results;
    if (along === undefined) this.#tell(hint);
    else this.#listeners.notify(hint);
    return results;
  }

  async #endJobs(ends: readonly port.EndJob[]): Promise<readonly port.EndJobResult[]> {
    const { results, hint } = await endJobs(this.#database, ends, this.#time());
    return this.#telling(results, results.some((result) => result !== 'lost') && hint);
  }

  async #changeJob(id: string, cancels: boolean): Promise<port.JobChange> {
    const change = await this.#value<port.JobChange>(calls.CHANGE_JOB, this.#time(), id, cancels);
    return this.#telling(change, change === 'changed' && JOBS);
  }

  /** Null where the database's clock decides, as it does but in tests. */
  #time(): number | null {
    return this.#clock?.() ?? null;
  }

  #rows(sql: string, ...values: readonly SqlValue[]) {
    return this.#whileOpen(() => this.#database.rows(sql, ...values));
  }

  #value<T>(sql: string, ...values: readonly SqlValue[]): Promise<T> {
    return this.#whileOpen(() => this.#database.value<T>(sql, ...values));
  }

  #grouped<T, R>(group: Group<T, R>, items: readonly T[]): Promise<readonly R[]> {
    return this.#whileOpen(async () => (items.length === 0 ? [] : group.add(items)));
  }

  /** What has begun is waited for when the store is closed. */
  async #whileOpen<T>(work: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    const call = work();
    this.#open.add(call);
    try {
      return await call;
    } finally {
      this.#open.delete(call);
    }
  }

  #telling<T>(result: T, hint: port.Hint | false): T {
    if (hint !== false) this.#tell(hint);
    return result;
  }

  /** Tells those who listen, here and in other processes, that there is something they may wait for. */
  #tell(hint = ANYTHING): void {
    this.#listeners.notify(hint);
    this.#watch.tellOthers(hint);
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new Error('the store is closed');
  }
}

function kindAndName(target: Exclude<port.Pausable, { readonly instance: string }>): [string, string] {
  return 'machine' in target ? ['machine', target.machine] : ['queue', target.queue];
}
