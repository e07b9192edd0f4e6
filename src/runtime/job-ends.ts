import { nextTick } from 'node:process';
import type { JobEnd } from '../core/job.js';
import { Refused } from '../core/problem.js';
import type { ClaimedJob, EndJobResult, Store } from '../store/store.js';
import type { Answering, EndedJob } from './answering.js';
import { type Clock, pause } from './clock.js';
import { RETRY_MS } from './worker.js';

/** A job in our hands. It is replaced where it comes to us again, with when that was by our clock. */
export interface HeldJob {
  job: ClaimedJob;
  beganAt: number;
}

interface Ending {
  readonly held: HeldJob;
  readonly end: JobEnd;
  readonly settle: (again: ClaimedJob | undefined) => void;
}

/** A job that ended as it was when that was sent: `held` may be another by the time of the answer. */
interface Sent extends EndedJob {
  readonly ending: Ending;
}

/**
 * Writes how jobs ended, all that end at the same time in one call: those of one tick, and those that end while
 * a call is on its way. What can be folded here and now is (`Answering`); the rest is sent to its instance.
 */
export class JobEnds {
  readonly #store: Store;
  readonly #answering: Answering;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  #waiting: Ending[] = [];
  #writing = false;
  #open = true;

  constructor(
    store: Store,
    answering: Answering,
    clock: Clock,
    onError: (error: unknown) => void = () => {},
  ) {
    this.#store = store;
    this.#answering = answering;
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
    const sent = endings.map((ending): Sent => ({ ...ending.held, end: ending.end, ending }));
    try {
      const answered = await this.#answering.write(sent);
      for (const one of answered) this.#settle(one, 'ended');
      await this.#send(sent.filter((one) => !answered.has(one)));
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

  async #send(sent: readonly Sent[]): Promise<void> {
    if (sent.length === 0) return;
    const ends = sent.map(({ job: { id, token }, end }) => ({ id, token, end }));
    const results = await this.#store.endJobs(ends);
    for (const [index, one] of sent.entries()) this.#settle(one, results[index]);
  }

  #settle({ job, ending }: Sent, result: EndJobResult | undefined): void {
    const { held, settle } = ending;
    if (held.job === job) settle(undefined);
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
