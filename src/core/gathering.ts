import type { GatherEffect } from './effect.js';
import type { ChildResult, GatheredEvent } from './event.js';
import type { Status } from './instance.js';
import { utf8Length } from './json.js';
import type { View } from './language.js';

/** A child that has ended, as far as its parent may be told. */
export interface EndedChild {
  readonly index: number;
  readonly status: Status;
  readonly view: View;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The answer to a `gather` while it is made: as many results as fit, the first in any case. */
export class Gathering {
  readonly #effect: GatherEffect;
  readonly #results: ChildResult[] = [];
  #left: number;

  constructor(effect: GatherEffect) {
    this.#effect = effect;
    this.#left = effect.limitBytes;
  }

  /** Takes the next child in the order asked for; false where it, and so all after it, no longer fit. */
  add(child: EndedChild): boolean {
    const { detailed } = this.#effect;
    const result = resultOf(child, detailed);
    // The comma or bracket that stands beside it.
    this.#left -= utf8Length(JSON.stringify(detailed ? result : result.output)) + 1;
    if (this.#left < 0 && this.#results.length > 0) return false;
    this.#results.push(result);
    return true;
  }

  event(): GatheredEvent {
    return { type: 'gathered', effect: this.#effect.id, results: this.#results };
  }
}

function resultOf({ index, status, view, startedAt, endedAt }: EndedChild, detailed: boolean): ChildResult {
  const { output, error, input } = view;
  if (status === 'succeeded' && !detailed) return { index, status, output };
  return { index, status, output, ...error, ...(input === undefined ? {} : { input }), startedAt, endedAt };
}
