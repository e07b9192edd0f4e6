import type { Clock } from './clock.js';

/**
 * What a loop sleeps on. A ring that comes while the loop is busy is kept, so that no wake-up is lost:
 * `wait` returns at once if the alarm rang since the last wait.
 */
export class Alarm {
  readonly #clock: Clock;
  #rung = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Whether it rang since the last wait. */
  get rang(): boolean {
    return this.#rung;
  }

  /**
   * Resolves when it rings, or after `ms`, or sooner once `sooner` has told in how many; says whether it rang.
   * Rejects if `sooner` does while it is waited for.
   */
  async wait(ms: number, sooner?: Promise<number>): Promise<boolean> {
    // Where it rang already nobody waits to learn it, nor that it cannot be learnt.
    if (this.#rung) sooner?.catch(() => {});
    else await this.#quiet(ms, sooner);
    const rang = this.#rung;
    this.#rung = false;
    return rang;
  }

  async #quiet(ms: number, sooner?: Promise<number>): Promise<void> {
    const endsAt = this.#clock.now() + ms;
    await new Promise<void>((resolve, reject) => {
      let cancel = this.#clock.after(ms, resolve);
      const wake = () => {
        cancel();
        resolve();
      };
      this.#wake = wake;
      sooner?.then(
        (left) => {
          if (this.#wake !== wake || this.#clock.now() + left >= endsAt) return;
          cancel();
          cancel = this.#clock.after(left, resolve);
        },
        (error) => {
          cancel();
          reject(error);
        },
      );
    }).finally(() => {
      this.#wake = undefined;
    });
  }
}
