import type { Instance } from '../core/instance.js';
import { LEASE_MS, MAX_BATCH_INSTANCES, MAX_TURN_MESSAGES } from '../core/limits.js';
import type { Claim, ClaimQuery, Commit, Store } from '../store/store.js';
import { Alarm } from './alarm.js';
import { type Clock, pause } from './clock.js';
import { commitAll } from './committing.js';
import type { Handover } from './handover.js';
import type { Registry } from './registry.js';
import { sleepUntilDue } from './sleep.js';
import { takeTurn } from './turn.js';

/** How often what waited too long is looked for, at most. */
export const EXPIRY_MS = 50;

/** How often a worker looks for definitions that others published. */
export const DISCOVERY_MS = 1_000;

/** For so long a worker counts as one that has just begun, in milliseconds (rule 8). */
export const FRESH_MS = 1_000;

/** The pause after broken I/O, so that a database that is away is not hammered. */
export const RETRY_MS = 200;

export interface WorkerOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Names this process, for the store to tell when it died. */
  readonly identity: string;
  /** Called with an instance's id before each of its steps. */
  readonly note?: (instance: string) => void;
  /** Told of broken I/O and bugs that the worker survives. */
  readonly onError?: (error: unknown) => void;
  readonly batch?: number;
  /** Who begins the jobs that it makes; they wait for a claim if absent. */
  readonly handover?: Handover;
}

/**
 * Claims mailboxes, folds them, and commits the results many at a time. Stateless: everything it knows is in
 * the store, so any number of workers may run, and any may die at any instant.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #alarm: Alarm;
  readonly #unsubscribe: () => void;
  #held: readonly Claim[] = [];
  #running = true;
  #finished: Promise<void> = Promise.resolve();
  readonly #freshUntil: number;
  #expiryAt = 0;
  #discoveryAt = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock);
    this.#freshUntil = options.clock.now() + FRESH_MS;
    this.#unsubscribe = options.store.onChange(({ mail }) => {
      if (mail) this.#alarm.ring();
    });
  }

  start(): void {
    this.#finished = this.#run();
  }

  /** Finishes the turn at hand, claims nothing more, and resolves when all is committed or given back. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm.ring();
    await this.#finished;
    this.#unsubscribe();
  }

  async #run(): Promise<void> {
    const stopExtending = this.#extendWhileAlive();
    while (this.#running) {
      try {
        this.#held = await this.#turn(this.#held);
        // Not before the turn: who has sent something waits for that.
        const mayClaimMore = await this.#housekeep();
        if (this.#running && this.#held.length === 0 && !mayClaimMore) await this.#sleep();
      } catch (error) {
        this.#options.onError?.(error);
        await this.#giveBack();
        // Not on the alarm, which what was given back has rung.
        if (this.#running) await pause(this.#options.clock, RETRY_MS);
      }
    }
    // What was claimed while the order to stop came.
    await this.#giveBack();
    stopExtending();
  }

  /**
   * One turn; answers the next batch. The commit of this one and the claim of the next are asked for together,
   * in this order, so that a store that groups its writes needs one transaction for both. A conflict needs no
   * care: the instance moved without us, and whoever moved it has the mailbox now.
   */
  async #turn(claims: readonly Claim[]): Promise<readonly Claim[]> {
    const { store, registry, clock, note = () => {} } = this.#options;
    const { instances, commits, releases } = await takeTurn(store, registry, claims, clock, note);
    const mayBeMore = claims.length === 0 || this.#isCutShort(claims, commits) || this.#alarm.rang;
    const committing = this.#commit(commits, instances);
    const releasing = releases.length > 0 ? store.release(releases) : undefined;
    const claiming = this.#running && mayBeMore ? store.claim(this.#claimQuery()) : Promise.resolve([]);
    const [next, ...written] = await Promise.allSettled([claiming, committing, releasing]);
    const failure = [next, ...written].find((outcome) => outcome.status === 'rejected');
    if (failure === undefined && next.status === 'fulfilled') return next.value;
    if (next.status === 'fulfilled') this.#held = [...claims, ...next.value];
    throw failure?.reason;
  }

  /** Whether something due may be left that nobody will tell of: beyond a limit, or behind a suspect (rule 8). */
  #isCutShort(claims: readonly Claim[], commits: readonly Commit[]): boolean {
    return (
      claims.length !== commits.length ||
      claims.length >= this.#claimQuery().limit ||
      claims.some(({ attempts }) => attempts > 1) ||
      commits.some(({ folded }) => folded.length >= MAX_TURN_MESSAGES)
    );
  }

  async #commit(commits: readonly Commit[], instances: ReadonlyMap<string, Instance>): Promise<void> {
    const { store, handover } = this.#options;
    const failed = await commitAll(
      (some) => handover?.commit(some, instances) ?? store.commit(some),
      commits,
    );
    for (const { instance, problem } of failed) {
      this.#options.onError?.(new Error(`${instance}: ${problem?.message}`));
    }
    if (failed.length > 0) await store.release(failed);
  }

  #claimQuery(): ClaimQuery {
    const { clock, identity } = this.#options;
    return {
      worker: identity,
      limit: this.#options.batch ?? MAX_BATCH_INSTANCES,
      leaseMs: LEASE_MS,
      definitions: this.#options.registry.definitions,
      messages: MAX_TURN_MESSAGES,
      // Of several that hang their process one is always due when the next begins, which has others to serve first.
      fresh: clock.now() < this.#freshUntil,
    };
  }

  /** What is done now and then; answers whether there may be more to claim since. */
  async #housekeep(): Promise<boolean> {
    const { store, clock } = this.#options;
    const now = clock.now();
    let mayClaimMore = false;
    if (now >= this.#discoveryAt) {
      this.#discoveryAt = now + DISCOVERY_MS;
      mayClaimMore = await this.#discover();
    }
    if (now >= this.#expiryAt) {
      this.#expiryAt = now + EXPIRY_MS;
      mayClaimMore = (await store.expire(MAX_BATCH_INSTANCES)) > 0 || mayClaimMore;
    }
    return mayClaimMore;
  }

  /** Whether there were any that it did not know. */
  async #discover(): Promise<boolean> {
    const { store, registry } = this.#options;
    let found = false;
    for (const { hash } of await store.definitions()) {
      if (registry.knows(hash)) continue;
      const definition = await store.definition(hash);
      if (definition !== undefined) await registry.learn(definition);
      found ||= definition !== undefined;
    }
    return found;
  }

  async #sleep(): Promise<void> {
    const { store, registry } = this.#options;
    await sleepUntilDue(this.#alarm, store, { definitions: registry.definitions, names: [] });
  }

  #extendWhileAlive(): () => void {
    const { store, clock } = this.#options;
    let cancel = () => {};
    const tick = () => {
      if (this.#held.length > 0) store.extend(this.#held, LEASE_MS).catch(() => {});
      cancel = clock.after(LEASE_MS / 3, tick);
    };
    cancel = clock.after(LEASE_MS / 3, tick);
    return () => cancel();
  }

  /** After broken I/O: we live, and the failure was not a step's, so the attempts are given back (rule 8). */
  async #giveBack(): Promise<void> {
    const releases = this.#held.map((claim) => ({ ...claim, giveBack: true }));
    this.#held = [];
    if (releases.length > 0) await this.#options.store.release(releases).catch(() => {});
  }
}
