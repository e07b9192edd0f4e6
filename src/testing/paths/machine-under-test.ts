import type { PathStep } from '../../analysis/paths.js';
import { type Explorable, subjectOf } from '../../analysis/subject-of.js';
import { type Position, World } from '../../analysis/world.js';
import { Refused } from '../../core/problem.js';

/** A machine that stands where a system under test would. */
export interface MachineUnderTest {
  reset(start: PathStep): void;
  /** Makes what a step of a path says happen. Throws Refused where it cannot. */
  take(step: PathStep): void;
  /** The active states, by their paths. */
  states(): readonly string[];
}

/** A machine to drive along paths: to see whether they hold, and as a model of what a driver for a system looks like. */
export function machineUnderTest(definition: Explorable): MachineUnderTest {
  const subject = subjectOf(definition);
  const world = new World(subject);
  let position: Position = world.unborn;
  const take = (step: PathStep): void => {
    const choice = world.again(position, step);
    if (choice === undefined) {
      const message = `${step.words} cannot happen here`;
      throw new Refused({ code: 'impossible', message, path: '' });
    }
    position = world.take(position, choice).to;
    // What it sends to itself comes before the next.
    for (let [own] = position.mail; own !== undefined; [own] = position.mail) {
      const next = world.again(position, { kind: 'own', name: own.name });
      if (next === undefined) break;
      position = world.take(position, next).to;
    }
  };
  return {
    reset(start) {
      position = world.unborn;
      take(start);
    },
    take,
    states: () =>
      position.standing.state === null
        ? []
        : subject.language.active(subject.program, position.standing.state),
  };
}
