// Instances in a store that each take one event a commit, without a language: the store's own cost.

/** Claimed under; in no store's list of definitions, which no store asks for. */
const DEFINITION = 'bench';
/** Instances that are made in one call. */
const PORTION = 500;
export const STATE = JSON.stringify({ value: 'waiting', context: { note: 'x'.repeat(800) } });
export const EVENT = JSON.stringify({ type: 'signal', name: 'tick', data: { quantity: 3 } });
export const HISTORY = JSON.stringify([{ type: 'transition', data: { from: 'waiting', to: 'waiting' } }]);

/**
 * Events to so many instances, in turn or as `pick` says, and the commits that consume them. The instances have
 * a state of 0.9 kB, or the one that is given, and where `timerMs` is given a timer each, that far ahead.
 */
export class Mailboxes {
  #store;
  #count;
  #state;
  #timerMs;
  #sent = 0;

  constructor(store, count, { state = STATE, timerMs } = {}) {
    this.#store = store;
    this.#count = count;
    this.#state = state;
    this.#timerMs = timerMs;
  }

  /** Makes them: all, or the first of them where the others come another way. */
  async create(count = this.#count) {
    for (let first = 0; first < count; first += PORTION) {
      const ids = Array.from({ length: Math.min(PORTION, count - first) }, (_, n) => `i${first + n}`);
      await this.#store.create(
        ids.map((id) => ({
          id,
          machine: 'bench',
          definition: DEFINITION,
          inputHash: 'h',
          start: { id: 'start', to: id, event: EVENT },
        })),
      );
      const commits = this.folded(await this.claim(ids.length));
      await this.commit(commits.map((commit) => ({ ...commit, timers: this.#timers(commit) })));
    }
  }

  async send(count, pick = (n) => n % this.#count) {
    const messages = Array.from({ length: count }, () => {
      this.#sent += 1;
      return { id: `e${this.#sent}`, to: `i${pick(this.#sent)}`, event: EVENT };
    });
    for (let first = 0; first < count; first += PORTION) {
      const results = await this.#store.send(messages.slice(first, first + PORTION));
      if (!results.every((result) => result === 'accepted')) throw new Error(`not accepted: ${results}`);
    }
  }

  /** `store` where another worker claims than the one that sends. */
  claim(count, store = this.#store) {
    const query = { worker: 'bench', limit: count, leaseMs: 120_000, messages: 10 };
    return store.claim({ ...query, definitions: [DEFINITION] });
  }

  /** The commits of what was claimed. */
  folded(claims) {
    return claims.map(({ load, ...lease }) => commitOf(lease, load, this.#state));
  }

  /** Messages that are sent and claimed: what is left is to commit them. */
  async prepared(count) {
    await this.send(count);
    return this.folded(await this.claim(count));
  }

  async commit(commits, store = this.#store) {
    const { results } = await store.commit(commits);
    if (results.length !== commits.length || !results.every((result) => result === 'committed'))
      throw new Error(`not committed: ${results}`);
  }

  #timers({ lease: { instance }, updatedAt }) {
    if (this.#timerMs === undefined) return [];
    const event = JSON.stringify({ type: 'timer.fired', effect: '1.0' });
    return [{ id: `${instance}/1.0`, to: instance, event, dueAt: updatedAt + this.#timerMs }];
  }

  async turn(count) {
    await this.commit(this.folded(await this.claim(count)));
  }
}

function commitOf(lease, { instance, messages, now }, state) {
  const folded = messages.map(({ seq }, n) => ({
    seq,
    revision: instance.revision + n + 1,
    at: now,
    outcome: { kind: 'applied' },
    history: HISTORY,
    code: '',
  }));
  return {
    lease,
    baseRevision: instance.revision,
    revision: instance.revision + messages.length,
    status: 'running',
    state,
    updatedAt: now,
    folded,
    answers: [],
    timers: [],
    cancelledTimers: [],
    jobs: [],
    cancelledJobs: [],
    messages: [],
    spawns: [],
  };
}
