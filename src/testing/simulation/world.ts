import { Chance } from '../../core/chance.js';

/** What the world will do at some instant. */
interface Plan {
  readonly at: number;
  /** Breaks ties: by chance, so that simultaneous things happen in every order over the seeds. */
  readonly lot: number;
  readonly act: () => void;
}

/** Midnight of 1 January 2026: where virtual time begins. */
const BEGINNING = 1_767_225_600_000;

/**
 * Virtual time and all chance of one simulation. Whatever happens is planned here, one plan is carried out at
 * a time, and between two plans every promise that can settle has settled: so a seed decides everything.
 */
export class World {
  readonly chance: Chance;
  /** A running digest of all that happened, to tell two runs apart. */
  trace = 0;
  #now = BEGINNING;
  readonly #plans: Plan[] = [];
  readonly #rounds: number;

  /** `rounds`: of the event loop that a store takes to do what it was asked, at most. */
  constructor(seed: number, rounds: number) {
    this.#rounds = rounds;
    this.chance = new Chance('simulation', String(seed));
  }

  get now(): number {
    return this.#now;
  }

  /** Plans `act` after `ms`; returns what cancels it. */
  after(ms: number, act: () => void): () => void {
    const plan = { at: this.#now + Math.max(0, ms), lot: this.chance.uint32(), act };
    this.#insert(plan);
    return () => {
      const index = this.#plans.indexOf(plan);
      if (index >= 0) this.#plans.splice(index, 1);
    };
  }

  async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.after(ms, resolve));
  }

  /** A time between 0 and `ms`. */
  moment(ms: number): number {
    return this.chance.below(ms + 1);
  }

  record(what: string): void {
    for (let i = 0; i < what.length; i++) this.trace = Math.imul(this.trace ^ what.charCodeAt(i), 0x01000193);
    this.trace = Math.imul(this.trace ^ (this.#now & 0x7fffffff), 0x01000193);
  }

  /** Lets time pass until `done`, at most `limitMs` of it; answers whether it was done. */
  async run(done: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#now + limitMs;
    while (true) {
      for (let round = 0; round < this.#rounds; round++) await settled();
      if (done()) return true;
      const plan = this.#plans.shift();
      if (plan === undefined || plan.at > end) return false;
      this.#now = plan.at;
      plan.act();
    }
  }

  /** Keeps the plans sorted by (at, lot). */
  #insert(plan: Plan): void {
    let low = 0;
    let high = this.#plans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#plans[middle];
      if (other !== undefined && (other.at < plan.at || (other.at === plan.at && other.lot < plan.lot)))
        low = middle + 1;
      else high = middle;
    }
    this.#plans.splice(low, 0, plan);
  }
}

/** Resolves when no promise can settle any more: microtasks all run before the next immediate. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
