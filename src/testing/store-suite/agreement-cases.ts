import assert from 'node:assert/strict';
import { Chance } from '../../core/chance.js';
import { DEAD_LETTER_MS } from '../../core/limits.js';
import { openMemoryStore } from '../../store/memory/memory-store.js';
import type { Claim, ClaimedJob, Load, Store } from '../../store/store.js';
import { commitOf, DEFINITION, LEASE, newInstance, newJob, signal, timer } from './fixture.js';
import { observe } from './observation.js';
import type { StoreCase } from './store-case.js';

/** Lives that are compared, and calls in each. */
const LIVES = 12;
const CALLS = 150;

const IDS = ['a', 'b', 'c', 'd', 'e'];
const NAMES = ['lamp', 'bell'];
const DEFINITIONS = [DEFINITION, 'hash-of-other'];
const PAUSES_MS = [0, 0, 1, 5, LEASE / 2, LEASE, LEASE + 1, DEAD_LETTER_MS];

/** One of the two stores, with what its workers hold. Both hold the same, but for their tokens. */
interface Hand {
  readonly store: Store;
  claims: Claim[];
  readonly loads: Map<string, Load>;
  jobs: ClaimedJob[];
}

type Call = (hand: Hand) => Promise<unknown>;

/** Calls that a chance makes up; what they do depends on the hand in the same way for both. */
class Life {
  readonly #chance: Chance;
  readonly #now: () => number;

  constructor(seed: string, now: () => number) {
    this.#chance = new Chance(seed);
    this.#now = now;
  }

  pause(): number {
    return this.#pick(PAUSES_MS);
  }

  next(): Call {
    const makers = [
      this.#create,
      this.#create,
      this.#send,
      this.#send,
      this.#claim,
      this.#claim,
      this.#claim,
      this.#commit,
      this.#commit,
      this.#commit,
      this.#commit,
      this.#extend,
      this.#release,
      this.#unpark,
      this.#claimJobs,
      this.#claimJobs,
      this.#endJob,
      this.#endJob,
      this.#extendJobs,
      this.#releaseJob,
      this.#expire,
      this.#nextDue,
      this.#find,
    ];
    return this.#pick(makers).call(this);
  }

  #create(): Call {
    const other = this.#below(4) === 0;
    const definition = this.#pick(DEFINITIONS);
    const instance = newInstance(this.#pick(IDS), {
      definition,
      ...(other ? { inputHash: 'hash-of-other' } : {}),
    });
    return ({ store }) => store.create([instance]);
  }

  #send(): Call {
    const messages = Array.from({ length: this.#below(3) + 1 }, () => {
      const dueAt = this.#below(4) === 0 ? { dueAt: this.#now() + this.pause() } : {};
      return signal(this.#pick(IDS), `m${this.#below(40)}`, { hash: `hash-${this.#below(2)}`, ...dueAt });
    });
    return ({ store }) => store.send(messages);
  }

  #claim(): Call {
    const limit = this.#below(4) + 1;
    const definitions = this.#below(3) === 0 ? [this.#pick(DEFINITIONS)] : DEFINITIONS;
    const turnLimit = this.#below(3) + 1;
    return async (hand) => {
      const claims = await hand.store.claim({ worker: 'w', limit, leaseMs: LEASE, definitions });
      hand.claims.push(...claims);
      const loads = await hand.store.load(claims, turnLimit);
      for (const loaded of loads) hand.loads.set(loaded.instance.id, loaded);
      return { claims, loads };
    };
  }

  #commit(): Call {
    const at = this.#below(100);
    const [now, delay] = [this.#now(), this.pause()];
    const cancels = this.#below(3) === 0;
    const [to, name] = [this.#pick([...IDS, 'nobody']), this.#pick(NAMES)];
    const kind = this.#below(5);
    return async (hand) => {
      const lease = hand.claims[at % hand.claims.length];
      const loaded = hand.loads.get(lease?.instance ?? '');
      if (lease === undefined || loaded === undefined) return 'nothing to commit';
      const { instance } = lease;
      const revision = loaded.instance.revision + loaded.messages.length;
      const own = (await hand.store.messages(instance)).filter(({ id }) => id.startsWith(`${instance}/`));
      const open = (await hand.store.jobs({ instance })).items;
      if (loaded.messages.length === 0) return hand.store.commit([commitOf(lease, loaded)]);
      const job = newJob(instance, `${revision}.1`, now, {
        name,
        ask: kind !== 4,
        deadlineAt: now + delay + 1,
      });
      const commit = commitOf(lease, loaded, {
        timers: kind === 0 ? [timer(instance, `${revision}.0`, now + delay)] : [],
        jobs: kind > 2 ? [kind === 3 ? { ...job, heartbeatMs: LEASE / 2 } : job] : [],
        messages: kind === 1 ? [{ id: `${instance}/${revision}/2`, to, event: '{}', hops: 1 }] : [],
        cancelledTimers: cancels ? own.slice(0, 1).map(({ id }) => id) : [],
        cancelledJobs: cancels ? open.slice(0, 1).map(({ id }) => id) : [],
        status: kind === 2 ? 'paused' : 'running',
      });
      return hand.store.commit([commit]);
    };
  }

  #extend(): Call {
    return ({ store, claims }) => store.extend(claims.slice(-3), LEASE);
  }

  #release(): Call {
    const at = this.#below(100);
    const giveBack = this.#below(3) === 0;
    const problem = this.#below(2) === 0 ? { problem: { code: 'x', message: 'y', path: '' } } : {};
    return async ({ store, claims }) => {
      const lease = claims[at % claims.length];
      if (lease !== undefined) await store.release([{ ...lease, giveBack, ...problem }]);
    };
  }

  #unpark(): Call {
    const id = this.#pick([...IDS, 'nobody']);
    return ({ store }) => store.unpark(id);
  }

  #claimJobs(): Call {
    const limit = this.#below(3) + 1;
    const names = this.#below(2) === 0 ? {} : { names: [this.#pick(NAMES)] };
    return async (hand) => {
      const jobs = await hand.store.claimJobs({ worker: 'w', limit, leaseMs: LEASE, ...names });
      hand.jobs.push(...jobs);
      return jobs;
    };
  }

  #endJob(): Call {
    const at = this.#below(100);
    const end = this.#pick([
      { status: 'completed', output: '{"lit":true}' },
      { status: 'failed', error: 'Dark', cause: 'no power' },
    ] as const);
    return async ({ store, jobs }) => {
      const job = jobs[at % jobs.length];
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
    const at = this.#below(100);
    return async ({ store, jobs }) => {
      const job = jobs[at % jobs.length];
      if (job !== undefined) await store.releaseJobs([job]);
    };
  }

  #expire(): Call {
    const limit = this.#below(3) + 1;
    return ({ store }) => store.expire(limit);
  }

  #nextDue(): Call {
    const query = {
      definitions: DEFINITIONS.slice(this.#below(2)),
      ...(this.#below(2) === 0 ? {} : { names: ['lamp'] }),
    };
    return ({ store }) => store.nextDue(query);
  }

  #find(): Call {
    const query = { limit: this.#below(3) + 1, parked: this.#below(3) === 0 };
    return async ({ store }) => [await store.find(query), await store.count(query), await store.jobs(query)];
  }

  #below(bound: number): number {
    return this.#chance.below(bound);
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }
}

/** What two stores may differ in: tokens, seeds, and the numbers that only tell an order. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value, (key, member: unknown) =>
    key === 'token' || key === 'seed' || key === 'seq' || key === 'next' ? typeof member : member,
  );
  return text === undefined
    ? undefined
    : (JSON.parse(text.replaceAll(/\\"seed\\":\\"[^"]*\\"/g, '')) as unknown);
}

export const agreementCases: readonly StoreCase[] = Array.from({ length: LIVES }, (_, life) => ({
  name: `does what the memory store does, call by call (life ${life})`,
  async run({ store, clock }) {
    const reference = openMemoryStore({ clock: clock.now });
    const hands: [Hand, Hand] = [
      { store: reference, claims: [], loads: new Map(), jobs: [] },
      { store, claims: [], loads: new Map(), jobs: [] },
    ];
    const story = new Life(`life ${life}`, clock.now);
    for (let n = 0; n < CALLS; n++) {
      clock.advance(story.pause());
      const call = story.next();
      const [expected, actual] = [await call(hands[0]), await call(hands[1])];
      assert.deepEqual(comparable(actual), comparable(expected), `call ${n}`);
      if (n % 25 !== 24) continue;
      const [wanted, seen] = [
        await observe(reference, [...IDS, 'nobody']),
        await observe(store, [...IDS, 'nobody']),
      ];
      assert.deepEqual(comparable(seen), comparable(wanted), `what is there after call ${n}`);
    }
  },
}));
