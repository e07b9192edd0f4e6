import { expect } from 'vitest';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Json } from '../../src/core/json.js';
import type { Implementations, Step } from '../../src/core/language.js';
import { statechart } from '../../src/statechart/language.js';

/** An instance that is stepped by hand; revisions and times go up by one and by a second. */
export class Hand {
  readonly program;
  standing: Standing = UNBORN;
  revision = 0;
  last: Step | undefined;

  constructor(source: Json, implementations: Implementations = {}) {
    this.program = statechart.compile(source, implementations);
  }

  step(body: EventBody): Step {
    this.revision++;
    const event: Event = {
      ...body,
      id: `e${this.revision}`,
      instance: 'order-1',
      revision: this.revision,
      at: this.revision * 1_000,
      seed: 'seed',
    };
    const step = fold(statechart, this.program, this.standing, event);
    expect(JSON.parse(JSON.stringify(step.state))).toEqual(step.state);
    this.standing = { status: step.status, state: step.state };
    this.last = step;
    return step;
  }

  start(input: Json = null): Step {
    return this.step({ type: 'start', machine: 'm', input });
  }

  signal(name: string, data?: Json): Step {
    return this.step(data === undefined ? { type: 'signal', name } : { type: 'signal', name, data });
  }
}
