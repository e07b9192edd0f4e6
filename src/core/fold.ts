import type { Event } from './event.js';
import { hasEnded, type Status } from './instance.js';
import type { Json } from './json.js';
import type { Language, Program, Step } from './language.js';

/** Where an instance stands between two events; what a fold carries along. */
export interface Standing {
  readonly status: Status;
  /** Null before the start event was applied. */
  readonly state: Json;
}

export const UNBORN: Standing = { status: 'running', state: null };

/**
 * One event of a fold: the language's step, with what holds for every language around it. Turns, time travel
 * and replay all go through here, so that they cannot differ.
 */
export function fold(language: Language, program: Program, standing: Standing, event: Event): Step {
  if (hasEnded(standing.status)) return ignored(standing, `the instance has ended (${standing.status})`);
  if (event.type === 'start' && standing.state !== null) return ignored(standing, 'it has started already');
  if (event.type !== 'start' && standing.state === null) return ignored(standing, 'it has not started');
  const step = language.step(program, standing.state, event);
  if (step.outcome.kind === 'ignored' && step.effects.length > 0) {
    throw new Error(`${language.name}: a step that ignored ${event.type} returned effects`);
  }
  for (const effect of step.effects) {
    if (!effect.id.startsWith(`${event.revision}.`)) {
      throw new Error(`${language.name}: effect ${effect.id} does not belong to revision ${event.revision}`);
    }
  }
  return step;
}

/** A step that changes nothing. */
export function ignored(standing: Standing, reason: string): Step {
  return { ...standing, effects: [], history: [], outcome: { kind: 'ignored', reason } };
}
