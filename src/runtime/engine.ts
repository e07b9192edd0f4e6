import { setMaxListeners } from 'node:events';
import type { Definition, Version } from '../core/definition.js';
import type { Duration } from '../core/duration.js';
import type {
  Correlated,
  CorrelatedMessage,
  CreateOptions,
  Engine,
  Health,
  InstanceQuery,
  InstanceView,
  JobQuery,
  MigrateOptions,
  MigrationReport,
  Page,
  PageQuery,
  Publication,
  ReadOptions,
  Receipt,
  SendOptions,
  SentEvent,
  SweepCounts,
  TaskFailure,
  WatchedHistory,
  WatchOptions,
} from '../core/engine.js';
import { given } from '../core/given.js';
import { idProblem, nameProblem } from '../core/identifier.js';
import type { ClaimedJob, Job } from '../core/job.js';
import { type HistoryEntry, historyOf } from '../core/journal.js';
import type { Json } from '../core/json.js';
import { MAX_DEFINITION_BYTES } from '../core/limits.js';
import { didYouMean, isError, Refused } from '../core/problem.js';
import type {
  ActivityClaimOptions,
  ActivityTask,
  EnqueuedJob,
  EnqueueOptions,
  JobClaimOptions,
  JobFailure,
  Pausable,
  QueueStatistics,
} from '../core/queue.js';
import { type Retention, type SweepRule, sweepRules } from '../core/retention.js';
import { SCHEDULE_LANGUAGE, SCHEDULE_MACHINE, scheduleId } from '../core/schedule-id.js';
import type { CreateResult, Reading, Store } from '../store/store.js';
import type { Clock } from './clock.js';
import { correlate } from './correlating.js';
import { Delivery, message, unknownInstance } from './delivery.js';
import { fateOf } from './fate.js';
import { bodyHash, identify } from './hash.js';
import { newId } from './identifier.js';
import { JobQueue } from './job-queue.js';
import { JobRunner } from './job-runner.js';
import { migratePage } from './migrating.js';
import { readingAt } from './past.js';
import { setPaused } from './pausing.js';
import { discreetJob, viewOf } from './reading.js';
import { redrive } from './redriving.js';
import type { Registry } from './registry.js';
import { checkedLimit, checkedPayload, checkedWait, refuseId, refuseReserved } from './request.js';
import { START_ID } from './spawning.js';
import { Sweeper } from './sweeper.js';
import { TaskAnswers } from './task-answers.js';
import { versionsFor } from './versions.js';
import { watchHistory } from './watching.js';
import { Worker } from './worker.js';

/** How long handlers get to react to their signal when an engine closes. */
export const CLOSE_GRACE_MS = 1_000;

export interface DurableEngineOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Names this process in leases. */
  readonly identity: string;
  /** Whether it also steps instances and runs handlers. */
  readonly works: boolean;
  /** Fail tasks at once that a machine here asks for and no handler is here for (rule 9). */
  readonly failMissing?: boolean;
  /** Tasks that are left to workers elsewhere, whether there is a handler here or not. */
  readonly remote?: readonly string[];
  /** What it deletes of its own accord, if it works. */
  readonly sweeps?: readonly SweepRule[];
  /** Jobs of these queues alone; of all if absent. */
  readonly queues?: readonly string[];
  /** Handlers that run at once. */
  readonly concurrency?: number;
  /** How long handlers may go on after `close` before they are told to stop; not at all if absent. */
  readonly drainMs?: number;
  readonly note?: (instance: string) => void;
  readonly onError?: (error: unknown) => void;
}

/** The Engine on a Store, with a worker and a job runner of its own if it `works`. */
export class DurableEngine implements Engine {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #drainMs: number;
  readonly #closing = new AbortController();
  readonly #delivery: Delivery;
  readonly #jobs: JobQueue;
  readonly #tasks: TaskAnswers;
  readonly #worker: Worker | undefined;
  readonly #sweeper: Sweeper | undefined;
  readonly #runner: JobRunner | undefined;

  constructor(options: DurableEngineOptions) {
    this.#store = options.store;
    this.#registry = options.registry;
    this.#clock = options.clock;
    this.#drainMs = options.drainMs ?? 0;
    // One for every watcher and every claim that waits, however many there are.
    setMaxListeners(0, this.#closing.signal);
    this.#delivery = new Delivery(options.store, options.registry, options.clock, async (machine, id) => {
      refuseId('instance id', id);
      refuseReserved('machine', machine, SCHEDULE_MACHINE);
      return this.#create(machine, id);
    });
    this.#jobs = new JobQueue(options.store, options.clock, this.#closing.signal);
    this.#tasks = new TaskAnswers(options.store, options.registry);
    if (options.works) {
      this.#runner = new JobRunner(options);
      this.#worker = new Worker({ ...options, handover: this.#runner.handover });
      this.#worker.start();
      if (options.sweeps !== undefined && options.sweeps.length > 0) {
        this.#sweeper = new Sweeper({ ...options, rules: options.sweeps });
        this.#sweeper.start();
      }
      this.#runner.start();
    }
  }

  get store(): string {
    return this.#store.url;
  }

  async publish(publication: Publication): Promise<Definition> {
    const problem = idProblem('machine name', publication.machine);
    if (problem !== undefined) throw new Refused(problem);
    checkedPayload(publication.source, 'the definition', MAX_DEFINITION_BYTES);
    refuseReserved('language', publication.language, SCHEDULE_LANGUAGE);
    const language = this.#registry.language(publication.language);
    await this.#registry.prepare(publication);
    const problems = language.check(publication.source).filter(isError);
    if (problems.length > 0) {
      const message = `${publication.machine} is not a valid ${publication.language} definition`;
      throw new Refused([{ code: 'definition-invalid', message, path: '' }, ...problems]);
    }
    const { code = this.#registry.implementations(publication.machine)?.version } = publication;
    const misnamed = code === undefined ? undefined : nameProblem('the version of the code', code);
    if (misnamed !== undefined) throw new Refused({ ...misnamed, path: '/code' });
    const definition = await this.#store.publish(identify({ ...publication, ...given({ code }) }));
    await this.#registry.learn(definition);
    return definition;
  }

  async machines(): Promise<readonly Version[]> {
    const newest = new Map<string, Version>();
    for (const version of await this.#store.definitions()) newest.set(version.machine, version);
    newest.delete(SCHEDULE_MACHINE);
    return [...newest.values()];
  }

  async create(machine: string, options: CreateOptions = {}): Promise<InstanceView> {
    const waitMs = options.wait === undefined ? undefined : checkedWait(options.wait);
    const id = options.id ?? newId();
    refuseId('instance id', id);
    refuseReserved('machine', machine, SCHEDULE_MACHINE);
    if ((await this.#create(machine, id, options.input)) === 'conflict') {
      throw new Refused({
        code: 'conflict',
        message: `instance "${id}" exists already, with another machine or input`,
        path: '',
      });
    }
    if (waitMs !== undefined) await fateOf(this.#store, this.#clock, { to: id, id: START_ID }, waitMs);
    return this.#created(id);
  }

  async schedule(name: string, specification: Json): Promise<InstanceView> {
    refuseId('schedule name', name);
    this.#registry.language(SCHEDULE_LANGUAGE);
    if ((await this.#store.latest(SCHEDULE_MACHINE)) === undefined) {
      const definition = { machine: SCHEDULE_MACHINE, language: SCHEDULE_LANGUAGE, source: {} };
      await this.#store.publish(identify(definition));
    }
    const id = scheduleId(name);
    if ((await this.#create(SCHEDULE_MACHINE, id, specification)) === 'conflict') {
      throw new Refused({
        code: 'conflict',
        message: `schedule "${name}" exists already, with another specification`,
        path: '',
        hint: `send "update" to "${id}"`,
      });
    }
    return this.#created(id);
  }

  async #created(id: string): Promise<InstanceView> {
    const view = await this.read(id);
    if (view === undefined) throw new Error(`instance ${id} was created and cannot be read`);
    return view;
  }

  async #create(machine: string, id: string, payload?: Json): Promise<CreateResult | undefined> {
    const definition = await this.#store.latest(machine);
    if (definition === undefined) throw await this.#unknownMachine(machine);
    const steppable = await this.#registry.learn(definition);
    const input = checkedPayload(payload, 'the input');
    const problems = steppable?.language.checkInput?.(steppable.program, input).filter(isError) ?? [];
    if (problems.length > 0) throw new Refused(problems);
    const hash = bodyHash(input);
    const versions = await versionsFor(definition, this.#registry, (name) => this.#store.latest(name));
    const start = message(START_ID, id, { type: 'start', machine, input, ...given({ versions }) });
    const [result] = await this.#store.create([
      { id, machine, definition: definition.hash, inputHash: hash, start: { ...start, dueAt: 0 } },
    ]);
    return result;
  }

  async send(instance: string, event: SentEvent, options: SendOptions = {}): Promise<Receipt> {
    return this.#delivery.send(instance, event, options);
  }

  async stop(instance: string, reason: { error?: string; cause?: string } = {}): Promise<Receipt> {
    return this.#delivery.stop(instance, reason);
  }

  async pause(target: Pausable): Promise<boolean> {
    return setPaused(this.#store, target, true);
  }

  async resume(target: Pausable): Promise<boolean> {
    return setPaused(this.#store, target, false);
  }

  async paused(): Promise<readonly Pausable[]> {
    return this.#store.paused();
  }

  async read(instance: string, { reveal, revision }: ReadOptions = {}): Promise<InstanceView | undefined> {
    const now = await this.#store.read(instance);
    if (now === undefined || revision === undefined) return now && this.#view(now, reveal);
    return this.#view(await readingAt(this.#store, this.#registry, now, revision), reveal);
  }

  async list(query: InstanceQuery = {}): Promise<Page<InstanceView>> {
    const page = await this.#store.find({ ...query, limit: checkedLimit(query.limit) });
    const items: InstanceView[] = [];
    for (const reading of page.items) items.push(await this.#view(reading));
    return { ...page, items };
  }

  async count(query: Omit<InstanceQuery, 'limit' | 'after'> = {}): Promise<number> {
    return this.#store.count(query);
  }

  async history(instance: string, query: PageQuery = {}): Promise<Page<HistoryEntry>> {
    if ((await this.#store.read(instance)) === undefined) throw unknownInstance(instance);
    const page = await this.#store.journal(instance, { ...query, limit: checkedLimit(query.limit) });
    return { ...page, items: historyOf(page.items) };
  }

  async *watch(options: WatchOptions = {}): AsyncIterable<WatchedHistory> {
    const { instance, machine } = options;
    if (instance !== undefined && (await this.#store.read(instance)) === undefined)
      throw unknownInstance(instance);
    if (machine !== undefined && (await this.#store.latest(machine)) === undefined)
      throw await this.#unknownMachine(machine);
    yield* watchHistory(this.#store, this.#clock, options, this.#closing.signal);
  }

  async jobs(query: JobQuery = {}): Promise<Page<Job>> {
    const page = await this.#store.jobs({ ...query, limit: checkedLimit(query.limit) });
    return { ...page, items: await Promise.all(page.items.map((job) => this.#discreet(job))) };
  }

  async job(id: string): Promise<Job | undefined> {
    const job = await this.#store.job(id);
    return job && this.#discreet(job);
  }

  /** Handlers get jobs as they are; people do not. */
  async #discreet(job: Job): Promise<Job> {
    const reading = job.instance === undefined ? undefined : await this.#store.read(job.instance);
    if (reading === undefined) return job;
    const { language: name, source } = await this.#definition(reading.instance.definition);
    const language = this.#registry.language(name);
    const paths = language.sensitive?.(source) ?? [];
    if (paths.length === 0) return job;
    return discreetJob(job, language.view(JSON.parse(reading.instance.state ?? 'null') as Json), paths);
  }

  async enqueue(name: string, options: EnqueueOptions = {}): Promise<EnqueuedJob> {
    return this.#jobs.enqueue(name, options);
  }

  async cancelJob(id: string): Promise<Job> {
    return this.#jobs.cancel(id);
  }

  async retryJob(id: string): Promise<Job> {
    return this.#jobs.retry(id);
  }

  async queues(): Promise<readonly QueueStatistics[]> {
    return this.#jobs.queues();
  }

  async limitQueue(queue: string, concurrency: number | null): Promise<void> {
    return this.#jobs.limit(queue, concurrency);
  }

  async claimJobs(options: JobClaimOptions = {}): Promise<readonly ClaimedJob[]> {
    return this.#jobs.claim(options);
  }

  async heartbeatJob(id: string, token: string, options: { lease?: Duration } = {}): Promise<void> {
    return this.#jobs.heartbeat(id, token, options.lease);
  }

  async completeJob(id: string, token: string, output?: Json): Promise<Job> {
    return this.#jobs.complete(id, token, output);
  }

  async failJob(id: string, token: string, failure: JobFailure): Promise<Job> {
    return this.#jobs.fail(id, token, failure);
  }

  async claimActivity(
    activity: string,
    options: ActivityClaimOptions = {},
  ): Promise<ActivityTask | undefined> {
    return this.#jobs.claimActivity(activity, options);
  }

  async correlate(message: CorrelatedMessage, to: 'all' | 'one' = 'all'): Promise<Correlated> {
    return correlate(this.#store, message, to);
  }

  async succeedTask(token: string, output?: Json): Promise<void> {
    return this.#tasks.succeed(token, output);
  }

  async failTask(token: string, failure: TaskFailure = {}): Promise<void> {
    return this.#tasks.fail(token, failure);
  }

  async heartbeatTask(token: string): Promise<void> {
    return this.#tasks.heartbeat(token);
  }

  async retry(instance: string): Promise<void> {
    if (await this.#store.unpark(instance)) return;
    await redrive(this.#store, this.#registry, instance);
  }

  async migrate(machine: string, options: MigrateOptions = {}): Promise<MigrationReport> {
    refuseReserved('machine', machine, SCHEDULE_MACHINE);
    if ((await this.#store.latest(machine)) === undefined) throw await this.#unknownMachine(machine);
    return migratePage(this.#store, this.#registry, machine, options);
  }

  async sweep(retention: Retention): Promise<SweepCounts> {
    const rules = sweepRules(retention);
    const counts = await new Sweeper({ store: this.#store, clock: this.#clock, rules }).sweep();
    const total = { instances: 0, journals: 0, jobs: 0, letters: 0 };
    for (const [at, { what }] of rules.entries()) total[what] += counts[at] ?? 0;
    return total;
  }

  async health(): Promise<Health> {
    return { ok: true, store: this.store, ...(await this.#store.counts()) };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([
      this.#sweeper?.stop(),
      this.#worker?.stop(),
      this.#runner?.stop(CLOSE_GRACE_MS, this.#drainMs),
    ]);
    await this.#store.close();
  }

  async #view(reading: Reading, reveal = false): Promise<InstanceView> {
    const definition = await this.#definition(reading.instance.definition);
    return viewOf(reading, definition, this.#registry, this.#worker !== undefined, reveal);
  }

  async #definition(hash: string): Promise<Definition> {
    const definition = this.#registry.definition(hash) ?? (await this.#store.definition(hash));
    if (definition === undefined) throw new Error(`definition ${hash} is not in the store`);
    await this.#registry.learn(definition);
    return definition;
  }

  async #unknownMachine(machine: string): Promise<Refused> {
    const known = (await this.machines()).map((version) => version.machine);
    const hint =
      didYouMean(machine, known).hint ?? (known.length > 0 ? `known: ${known.join(', ')}` : undefined);
    const text = `there is no machine "${machine}"`;
    return new Refused({
      code: 'unknown-machine',
      message: text,
      path: '',
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
