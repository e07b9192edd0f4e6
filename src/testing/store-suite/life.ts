import { Chance } from '../../core/chance.js';
import type { JobEnd } from '../../core/job.js';
import { DEAD_LETTER_MS } from '../../core/limits.js';
import type { Claim, ClaimedJob, ClaimJobsQuery, Commit, Store } from '../../store/store.js';
import {
  answerOf,
  commitOf,
  DEFINITION,
  idsOf,
  LEASE,
  newInstance,
  newJob,
  newPlainJob,
  signal,
  timer,
} from './fixture.js';

/** The instances of a life. */
export const IDS = ['a', 'b', 'c', 'd'];
const NAMES = ['lamp', 'bell'];
const QUEUES = ['default', 'slow'];
const PLAIN = ['one', 'two', 'three', 'four', 'five'];
const DEFINITIONS = [DEFINITION, 'hash-of-other'];
/** Of each definition, once it is published. */
const MACHINES = ['light', 'door'];
const PAUSES_MS = [0, 0, 1, 5, 5, LEASE / 2, LEASE, LEASE + 1];
const EVENTS = 12;

/** A store with what its workers hold. Two stores that do the same hold the same, but for their tokens. */
export interface Hand {
  readonly store: Store;
  readonly held: Claim[];
  readonly jobs: ClaimedJob[];
  /** Where it read up to, in the changes of all. */
  readonly positions: string[];
}

export function handOf(store: Store): Hand {
  return { store, held: [], jobs: [], positions: [''] };
}

export type Call = (hand: Hand) => Promise<unknown>;

/**
 * Calls that a chance makes up; what they do depends on nothing else but the hand. Every other life is one of
 * workers that mostly die before they have done anything.
 */
export class Life {
  readonly #chance: Chance;
  readonly #now: () => number;
  readonly #makers: readonly (() => Call)[];

  constructor(seed: number, now: () => number) {
    this.#chance = new Chance(`one life ${seed}`);
    this.#now = now;
    const work = [this.#commit, this.#commit, this.#commit, this.#endJob, this.#endJob, this.#answer];
    this.#makers = [
      ...[
        this.#create,
        this.#create,
        this.#send,
        this.#send,
        this.#claim,
        this.#claim,
        this.#claim,
        this.#claimJobs,
      ],
      ...[this.#claimJobs, this.#extend, this.#extendJobs, this.#release, this.#releaseJob, this.#unpark],
      ...[
        this.#expire,
        this.#expire,
        this.#nextDue,
        this.#find,
        this.#enqueue,
        this.#enqueue,
        this.#changeJob,
      ],
      ...[this.#pauseQueue, this.#limitQueue, this.#pauseInstance, this.#pauseMachine, this.#publish],
      ...[this.#sweep, this.#changes],
      ...(seed % 2 === 1
        ? [this.#commit, this.#claim, this.#claimJobs, this.#claimJobs]
        : [...work, ...work]),
    ];
  }

  pause(): number {
    return this.#below(60) === 0 ? DEAD_LETTER_MS : this.#pick(PAUSES_MS);
  }

  next(): Call {
    return this.#pick(this.#makers).call(this);
  }

  #create(): Call {
    const input = this.#below(4) === 0 ? { inputHash: 'hash-of-other' } : {};
    const id = this.#pick(IDS);
    // A child of one that comes before it, so that nobody is a child of its own.
    const parent = this.#pick(IDS.slice(0, IDS.indexOf(id) + 1));
    const kin = parent === id ? {} : { parent, detached: this.#below(3) === 0 };
    const instance = newInstance(id, { definition: this.#pick(DEFINITIONS), ...input, ...kin });
    return ({ store }) => store.create([instance]);
  }

  #send(): Call {
    const messages = Array.from({ length: this.#below(3) + 1 }, () => {
      const dueAt = this.#below(4) === 0 ? { dueAt: this.#now() + this.pause() } : {};
      const id = `m${this.#below(EVENTS)}`;
      const hash = `${this.#below(4) === 0 ? 'other' : 'usual'} body of ${id}`;
      return signal(this.#pick(IDS), id, { hash, ...dueAt });
    });
    return ({ store }) => store.send(messages);
  }

  #claim(): Call {
    const limit = this.#below(4) + 1;
    const definitions = this.#below(4) === 0 ? [this.#pick(DEFINITIONS)] : DEFINITIONS;
    const messages = this.#below(3) + 1;
    return async ({ store, held }) => {
      const claims = await store.claim({ worker: 'w', limit, leaseMs: LEASE, definitions, messages });
      held.push(...claims);
      return claims;
    };
  }

  #commit(): Call {
    const at = this.#recent();
    const [make, take] = [this.#effects(), this.#take()];
    return async (hand) => {
      const claim = hand.held.at(-at);
      if (claim === undefined) return 'nothing to commit';
      const { instance, load } = claim;
      const revision = load.instance.revision + load.messages.length;
      const known = await knownOf(hand.store, instance);
      const effects = load.messages.length === 0 ? {} : make(instance, revision, known);
      return commitTaking(hand, commitOf(claim, load, effects), take);
    };
  }

  /** Folds the end of a job without a message, mostly of an instance that nobody holds, and that has nothing due. */
  #answer(): Call {
    const [at, isHeld, end] = [this.#recent(), this.#below(3) === 0, this.#end()];
    const [make, take, now] = [this.#effects(), this.#take(), this.#now()];
    return async (hand) => {
      if (!isHeld) {
        await foldAll(hand.store);
        hand.jobs.push(...(await hand.store.claimJobs({ worker: 'w', limit: 1, leaseMs: LEASE })));
      }
      const job = hand.jobs.at(-at);
      const standing = job?.instance === undefined ? undefined : await hand.store.read(job.instance);
      if (job === undefined || standing === undefined) return 'nothing to answer';
      const { instance } = standing;
      const claim = hand.held.findLast((one) => one.instance === instance.id);
      const lease = isHeld && claim !== undefined ? claim : { instance: instance.id };
      const revision = instance.revision + 1;
      const answers = [answerOf(job, revision, now, end)];
      const effects = make(instance.id, revision, await knownOf(hand.store, instance.id));
      const empty = commitOf(lease, { instance, messages: [], now });
      return commitTaking(hand, { ...empty, revision, answers, ...effects }, take);
    };
  }

  /** Whether what a commit makes is handed over, and what of it. */
  #take(): ClaimJobsQuery | undefined {
    const [wanted, limit, lanes] = [this.#below(2) === 0, this.#below(3) + 1, this.#lanes()];
    return wanted ? { worker: 'w', limit, leaseMs: LEASE, ...lanes } : undefined;
  }

  /** What a step asks for: something of every kind, now and then. */
  #effects(): (
    instance: string,
    revision: number,
    known: { readonly timers: readonly string[]; readonly jobs: readonly string[] },
  ) => Partial<Commit> {
    const now = this.#now();
    const [timers, jobs, letters] = [this.#below(3), this.#below(3), this.#below(2)];
    const [delay, to, cancels] = [this.pause(), this.#pick([...IDS, 'nobody']), this.#below(4) === 0];
    const deadlineAt = now + (this.#below(4) === 0 ? this.pause() + 1 : 2 * DEAD_LETTER_MS);
    const terms = {
      name: this.#pick(NAMES),
      queue: this.#pick(QUEUES),
      priority: this.#below(3) + 4,
      ask: this.#below(3) > 0,
      deadlineAt,
      ...(this.#below(2) === 0 ? { heartbeatMs: LEASE / 2 } : {}),
    };
    return (instance, revision, known) => ({
      timers: Array.from({ length: timers }, (_, n) => timer(instance, `${revision}.${n}`, now + delay * n)),
      jobs: Array.from({ length: jobs }, (_, n) => newJob(instance, `${revision}.${n + 4}`, now, terms)),
      messages: letters === 0 ? [] : [{ id: `${instance}/${revision}/9`, to, event: '{}', hops: 1 }],
      cancelledTimers: cancels ? known.timers.slice(0, 2) : [],
      cancelledJobs: cancels ? known.jobs.slice(0, 2) : [],
      status: letters === 0 ? 'running' : 'succeeded',
    });
  }

  #extend(): Call {
    return ({ store, held }) => store.extend(held.slice(-3), LEASE);
  }

  #release(): Call {
    const at = this.#recent();
    const giveBack = this.#below(3) === 0;
    const problem = this.#below(2) === 0 ? { problem: { code: 'threw', message: 'no', path: '' } } : {};
    return async ({ store, held }) => {
      const claim = held.at(-at);
      if (claim !== undefined) await store.release([{ ...claim, giveBack, ...problem }]);
    };
  }

  #unpark(): Call {
    const id = this.#pick([...IDS, 'nobody']);
    return ({ store }) => store.unpark(id);
  }

  #claimJobs(): Call {
    const limit = this.#below(3) + 1;
    const [names, isolated] = [this.#lanes(), this.#below(4) === 0];
    return async ({ store, jobs }) => {
      const claimed = await store.claimJobs({ worker: 'w', limit, leaseMs: LEASE, isolated, ...names });
      jobs.push(...claimed);
      return claimed;
    };
  }

  #end(): JobEnd {
    return this.#pick([
      { status: 'completed', output: '{"lit":true}' },
      { status: 'failed', error: 'Dark', cause: 'no power' },
      { status: 'failed', error: 'Dead', cause: 'no lamp', final: true },
    ] as const);
  }

  #endJob(): Call {
    const [at, end] = [this.#recent(), this.#end()];
    return async ({ store, jobs }) => {
      const job = jobs.at(-at);
      return job && store.endJobs([{ ...job, end }]);
    };
  }

  #extendJobs(): Call {
    const beat = this.#below(2) === 0;
    return ({ store, jobs }) =>
      store.extendJobs(
        jobs.slice(-3).map(({ id, token }) => ({ id, token, beat })),
        LEASE,
      );
  }

  #releaseJob(): Call {
    const at = this.#recent();
    return async ({ store, jobs }) => {
      const job = jobs.at(-at);
      if (job !== undefined) await store.releaseJobs([job]);
    };
  }

  #expire(): Call {
    const limit = this.#below(3) + 1;
    return ({ store }) => store.expire(limit);
  }

  #nextDue(): Call {
    const query = { definitions: DEFINITIONS.slice(this.#below(2)), ...this.#lanes() };
    return ({ store }) => store.nextDue(query);
  }

  #find(): Call {
    const query = { limit: this.#below(3) + 1, parked: this.#below(3) === 0 };
    return async ({ store }) => [await store.find(query), await store.count(query), await store.jobs(query)];
  }

  #enqueue(): Call {
    const jobs = Array.from({ length: this.#below(3) + 1 }, () => {
      const id = this.#pick(PLAIN);
      return newPlainJob(id, {
        hash: `${this.#below(4) === 0 ? 'other' : 'usual'} body of ${id}`,
        ...{ queue: this.#pick(QUEUES), name: this.#pick(NAMES), priority: this.#below(3) + 4 },
        delayMs: this.#below(2) * this.pause(),
        retry: { attempts: this.#below(3) + 1, delayMs: this.pause(), rate: 2, maxDelayMs: LEASE },
        timeoutMs: this.#below(4) === 0 ? LEASE / 2 : DEAD_LETTER_MS,
        ...(this.#below(2) === 0 ? { heartbeatMs: LEASE / 4 } : {}),
      });
    });
    return ({ store }) => store.enqueue(jobs);
  }

  #changeJob(): Call {
    const [id, cancels] = [this.#pick([...PLAIN, 'nobody']), this.#below(3) === 0];
    return ({ store }) => (cancels ? store.cancelJob(id) : store.retryJob(id));
  }

  #pauseQueue(): Call {
    const [queue, pauses] = [this.#pick(QUEUES), this.#below(3) === 0];
    return ({ store }) => (pauses ? store.pause({ queue }) : store.resume({ queue }));
  }

  #pauseInstance(): Call {
    const [instance, pauses] = [this.#pick(IDS), this.#below(3) === 0];
    return ({ store }) => (pauses ? store.pause({ instance }) : store.resume({ instance }));
  }

  #pauseMachine(): Call {
    const [machine, pauses] = [this.#pick(MACHINES), this.#below(3) === 0];
    return ({ store }) => (pauses ? store.pause({ machine }) : store.resume({ machine }));
  }

  /** Until then nobody knows which machine a definition is of. */
  #publish(): Call {
    const at = this.#below(DEFINITIONS.length);
    const [hash, machine] = [DEFINITIONS[at] as string, MACHINES[at] as string];
    return ({ store }) => store.publish({ hash, machine, language: 'statechart', source: {} });
  }

  /** Whole families at once: in which order the members of one go is the store's affair. */
  #sweep(): Call {
    const what = this.#pick(['instances', 'jobs', 'letters', 'journals'] as const);
    const before = this.#now() - this.#below(2) * this.pause();
    const machines = this.#pick([{}, {}, { machines: ['light'] }, { exceptMachines: ['light'] }]);
    return ({ store }) => store.sweep({ what, before, limit: 2 * IDS.length, ...machines });
  }

  #changes(): Call {
    const [at, limit] = [this.#recent(), this.#below(4) + 1];
    const where = this.#pick([{}, {}, { instance: this.#pick(IDS) }, { machine: this.#pick(MACHINES) }]);
    return async ({ store, positions }) => {
      const { entries, position } = await store.changes({ after: positions.at(-at), limit, ...where });
      positions.push(position);
      return entries;
    };
  }

  #limitQueue(): Call {
    const [queue, concurrency] = [this.#pick(QUEUES), this.#pick([1, 2, undefined])];
    return ({ store }) => store.limitQueue(queue, concurrency);
  }

  /** What a worker takes: everything, one name, or one queue. */
  #lanes(): { readonly names?: readonly string[]; readonly queues?: readonly string[] } {
    return this.#pick([{}, {}, { names: [this.#pick(NAMES)] }, { queues: [this.#pick(QUEUES)] }]);
  }

  /** One of the last few that a hand holds, counted from the end. */
  #recent(): number {
    return this.#below(3) + 1;
  }

  #below(bound: number): number {
    return this.#chance.below(bound);
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }
}

/** Folds whatever is due and can be claimed, as long as there is something. */
async function foldAll(store: Store): Promise<void> {
  const query = {
    worker: 'w',
    limit: IDS.length,
    leaseMs: LEASE,
    definitions: DEFINITIONS,
    messages: EVENTS,
  };
  for (let claims = await store.claim(query); claims.length > 0; claims = await store.claim(query)) {
    await store.commit(claims.map((claim) => commitOf(claim, claim.load)));
  }
}

/** What of an instance a commit might cancel. */
async function knownOf(store: Store, instance: string) {
  const messages = idsOf(await store.messages(instance));
  const jobs = (await store.jobs({ instance })).items;
  const timers = messages.filter((id) => id.startsWith(`${instance}/`) && /\/[012]$/.test(id));
  return { timers, jobs: idsOf(jobs) };
}

async function commitTaking({ store, jobs }: Hand, commit: Commit, take: ClaimJobsQuery | undefined) {
  const committed = await store.commit([commit], take);
  jobs.push(...committed.jobs);
  return committed;
}
