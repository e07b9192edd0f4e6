import type { Effect } from './effect.js';
import type { Event, StopEvent } from './event.js';
import { addressProblem, nameProblem } from './identifier.js';
import { hasEnded, type Status } from './instance.js';
import { APPLIED } from './journal.js';
import type { Json } from './json.js';
import type { Language, Program, Step } from './language.js';
import { MAX_TASK_NAME_LENGTH } from './limits.js';
import type { Problem } from './problem.js';

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
  if (event.type === 'stop' && standing.state === null) return stillborn(event);
  if (event.type !== 'start' && standing.state === null) return ignored(standing, 'it has not started');
  const step = language.step(program, standing.state, event);
  if (step.outcome.kind === 'ignored' && step.effects.length > 0) {
    throw new Error(`${language.name}: a step that ignored ${event.type} returned effects`);
  }
  const problem = wrongReceiver(step.effects) ?? wrongTask(step.effects);
  if (problem !== undefined) return rejected(standing, event, problem);
  for (const effect of step.effects) {
    if (!effect.id.startsWith(`${event.revision}.`)) {
      throw new Error(`${language.name}: effect ${effect.id} does not belong to revision ${event.revision}`);
    }
  }
  return step;
}

/** Stopped before its start, which may be what it could not be stepped over. */
function stillborn({ error, cause }: StopEvent): Step {
  const data = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  return {
    ...{ state: null, status: 'stopped', effects: [] },
    history: [{ type: 'InstanceStopped', data }],
    outcome: APPLIED,
  };
}

/** What a definition computes as a receiver may be anything. */
function wrongReceiver(effects: readonly Effect[]): Problem | undefined {
  for (const effect of effects) {
    const problem = effect.type === 'send' ? addressProblem(effect.to) : undefined;
    if (problem !== undefined) return { ...problem, code: 'invalid-receiver' };
  }
  return undefined;
}

/** A name that no store could hold, and no handler be found by. */
function wrongTask(effects: readonly Effect[]): Problem | undefined {
  for (const effect of effects) {
    if (effect.type !== 'task') continue;
    const { name, queue } = effect;
    const problem =
      nameProblem('a task name', name, MAX_TASK_NAME_LENGTH) ??
      (queue === undefined ? undefined : nameProblem('a queue', queue));
    if (problem !== undefined) return { ...problem, code: 'invalid-task' };
  }
  return undefined;
}

/**
 * A step that must not be. A signal can be refused and all stays as it was; an answer cannot come again, so
 * the instance fails where it stands.
 */
export function rejected(standing: Standing, event: Event, problem: Problem): Step {
  const isSignal = event.type === 'signal';
  const { code, message } = problem;
  const data = { event: isSignal ? event.name : event.type, code, message };
  return {
    ...ignored(standing, ''),
    status: isSignal ? standing.status : 'failed',
    history: [{ type: 'EventRejected', data }],
    outcome: { kind: 'rejected', problem },
  };
}

/** A step that changes nothing. */
export function ignored(standing: Standing, reason: string): Step {
  return { ...standing, effects: [], history: [], outcome: { kind: 'ignored', reason } };
}
