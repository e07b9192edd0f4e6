import type { EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Json } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import { statechart } from '../../src/statechart/language.js';

/** An instance of a statechart, its timers and what it sends to itself, on a clock that is moved by hand. */
export class Session {
  readonly #program;
  #standing: Standing = UNBORN;
  #revision = 0;
  #now = 0;
  /** Effects that wait for their time. */
  readonly #timers = new Map<string, number>();

  constructor(source: Json) {
    this.#program = statechart.compile(source);
    this.#step({ type: 'start', machine: 'm', input: null });
    this.wait(0);
  }

  /** The ids of the atomic states that are active, in order. */
  atoms(): string[] {
    const active = statechart.active(this.#program, this.#standing.state);
    const inner = active.filter((path) => !active.some((other) => other.startsWith(`${path}.`)));
    return inner.map((path) => path.replace(/^.*(?<!\\)\./, '').replaceAll('\\', '')).sort();
  }

  send(name: string, data?: Json): void {
    this.#step(data === undefined ? { type: 'signal', name } : { type: 'signal', name, data });
    this.wait(0);
  }

  /** Lets so much time go by, and what is due happen. */
  wait(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort(([, a], [, b]) => a - b);
      if (next === undefined || next[1] > until) break;
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1]);
      this.#step({ type: 'timer.fired', effect: next[0] });
    }
    this.#now = until;
  }

  #step(body: EventBody): void {
    this.#revision += 1;
    const stamp = {
      id: `e${this.#revision}`,
      instance: 'one',
      revision: this.#revision,
      at: this.#now,
      seed: 's',
    };
    const step: Step = fold(statechart, this.#program, this.#standing, { ...body, ...stamp });
    this.#standing = { status: step.status, state: step.state };
    for (const effect of step.effects) {
      if (effect.type === 'timer') this.#timers.set(effect.id, effect.dueAt);
      else if (effect.type === 'cancel') this.#timers.delete(effect.target);
      else if (effect.type === 'send' && effect.to === 'one') {
        this.#step({
          type: 'signal',
          name: effect.name,
          ...(effect.data === undefined ? {} : { data: effect.data }),
        });
      }
    }
  }
}
