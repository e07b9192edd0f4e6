import { nextTick } from 'node:process';
import type { JobEnd } from '../core/job.js';
import { Refused } from '../core/problem.js';
import type { ClaimedJob, EndJobResult, Store } from '../store/store.js';
import { type Clock, pause } from './clock.js';
import { RETRY_MS } from './worker.js';

/** A job in our hands. `job` is replaced where it comes to us again. */
export interface HeldJob {
  job: ClaimedJob;
}

interface Ending {
  readonly held: HeldJob;
  readonly end: JobEnd;
  readonly settle: (again: ClaimedJob | undefined) => void;
}

/**
 * Writes how jobs ended, all that end at the same time in one call: those of one tick, and those that end while
 * a call is on its way.
 */
export class JobEnds {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  #waiting: Ending[] = [];
  #writing = false;
  #open = true;

  constructor(store: Store, clock: Clock, onError: (error: unknown) => void = () => {}) {
    this.#store = store;
    this.#clock = clock;
    this.#onError = onError;
  }

  /**
   * Resolves once the end is written, or is nothing to the store any more. Answers the job where it came to us
   * again meanwhile, to be tried anew.
   */
  end(held: HeldJob, end: JobEnd): Promise<ClaimedJob | undefined> {
    return new Promise((settle) => this.#add({ held, end, settle }));
  }

  /** What cannot be written from now on is left to the next worker, who gets it when the lease runs out. */
  giveUp(): void {
    this.#open = false;
  }

  #add(ending: Ending): void {
    this.#waiting.push(ending);
    if (this.#writing) return;
    this.#writing = true;
    // Once no promise of this turn of the event loop can settle any more.
    nextTick(() => void this.#write());
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) await this.#end(this.#waiting.splice(0));
    this.#writing = false;
  }

  async #end(endings: readonly Ending[]): Promise<void> {
    const sent = endings.map(({ held }) => held.job);
    try {
      const results = await this.#store.endJobs(
        endings.map(({ held: { job }, end }) => ({ id: job.id, token: job.token, end })),
      );
      for (const [index, ending] of endings.entries()) this.#settle(ending, sent[index], results[index]);
    } catch (error) {
      // Where one of them holds what cannot be written, the others go on.
      if (endings.length > 1 && !(error instanceof Refused)) {
        for (const ending of endings) await this.#end([ending]);
      } else {
        this.#onError(error);
        for (const ending of endings) void this.#tryAgain(ending);
      }
    }
  }

  #settle(ending: Ending, sent: ClaimedJob | undefined, result: EndJobResult | undefined): void {
    const { held, settle } = ending;
    if (held.job === sent) settle(undefined);
    // It was lost on the way and is ours again: what its handler did holds for it.
    else if (result === 'lost') this.#add(ending);
    else settle(held.job);
  }

  async #tryAgain(ending: Ending): Promise<void> {
    if (this.#open) await pause(this.#clock, RETRY_MS);
    if (this.#open) this.#add(ending);
    else ending.settle(undefined);
  }
}
