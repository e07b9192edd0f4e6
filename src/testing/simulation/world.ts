import { Chance } from '../../core/chance.js';

/** What the world will do at some instant. */
interface Plan {
  readonly at: number;
  /** Breaks ties: by chance, so that simultaneous things happen in every order over the seeds. */
  readonly lot: number;
  readonly act: () => void;
}

/** Plans that are carried out in one round of the event loop, where the store asks for no round of its own. */
const BURST = 100;

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
  run(done: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#now + limitMs;
    let round = 0;
    return eachTurn(this.#rounds === 1 ? BURST : 1, () => {
      round += 1;
      if (round % this.#rounds !== 0) return undefined;
      if (done()) return true;
      const plan = this.#plans.shift();
      if (plan === undefined || plan.at > end) return false;
      this.#now = plan.at;
      plan.act();
      return undefined;
    });
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

/**
 * Calls `act` until it answers, each time when no promise can settle any more: between two immediates all microtasks
 * run, those of one burst too, which needs one round of the event loop.
 */
function eachTurn<T>(burst: number, act: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let left = 0;
    let isOver = false;
    const turn = () => {
      if (isOver) return;
      left -= 1;
      try {
        const answer = act();
        if (answer !== undefined) {
          isOver = true;
          resolve(answer);
        } else if (left === 0) start();
      } catch (error) {
        isOver = true;
        reject(error);
      }
    };
    const start = () => {
      for (left = 0; left < burst; left++) setImmediate(turn);
    };
    start();
  });
}
