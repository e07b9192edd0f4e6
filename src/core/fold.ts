import type { Definition } from './definition.js';
import type { Effect } from './effect.js';
import type { Event, MigrateEvent, RedriveEvent, StopEvent } from './event.js';
import { addressProblem, nameProblem } from './identifier.js';
import { hasEnded, type Status } from './instance.js';
import { APPLIED, eventOf, type JournalEntry } from './journal.js';
import type { Json } from './json.js';
import { exceeds } from './json-size.js';
import type { Language, Program, Step } from './language.js';
import { MAX_HOPS, MAX_STATE_BYTES, MAX_TASK_NAME_LENGTH } from './limits.js';
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
 * and replay all go through here, so that they cannot differ. `hops` counts the sends that brought the event
 * and that no timer, task or outside event interrupted (rule 10).
 */
export function fold(language: Language, program: Program, standing: Standing, event: Event, hops = 0): Step {
  if (event.type === 'migrate')
    throw new Error('a migration is folded with the definition that it comes from');
  if (event.type === 'redrive' && hasEnded(standing.status))
    return redriven(language, program, standing, event);
  if (hasEnded(standing.status)) return ignored(standing, `the instance has ended (${standing.status})`);
  if (event.type === 'start' && standing.state !== null) return ignored(standing, 'it has started already');
  if (event.type === 'stop' && standing.state === null) return stillborn(event);
  if (event.type !== 'start' && standing.state === null) return ignored(standing, 'it has not started');
  if (hops > MAX_HOPS) return refused(language, program, standing, event, tooManyHops(event));
  if (event.type === 'redrive') return ignored(standing, 'it has not failed');
  return checked(language, program, standing, event, language.step(program, standing.state, event));
}

/** What has ended, and goes on where its language lets it. */
function redriven(
  language: Language,
  program: Program,
  standing: Standing,
  event: Event & RedriveEvent,
): Step {
  const { redrive, name } = language;
  if (redrive === undefined) return ignored(standing, `${name} has no redrive`);
  if (!redrive.statuses.includes(standing.status))
    return ignored(standing, `${name} redrives nothing that is ${standing.status}`);
  const step = redrive.step(program, standing.state, event);
  // It does not know how it ended.
  if (step.outcome.kind === 'ignored') return ignored(standing, step.outcome.reason);
  return checked(language, program, standing, event, step);
}

function checked(language: Language, program: Program, standing: Standing, event: Event, step: Step): Step {
  if (step.outcome.kind === 'ignored' && step.effects.length > 0) {
    throw new Error(`${language.name}: a step that ignored ${event.type} returned effects`);
  }
  const problem = wrongReceiver(step.effects) ?? wrongTask(step.effects) ?? tooLarge(standing, step, event);
  if (problem !== undefined) return refused(language, program, standing, event, problem);
  checkEffects(language, event, step);
  return step;
}

/**
 * The fold of a migration: the program is that of the definition that the instance is taken over to, by its language.
 * What cannot be taken over is rejected and stays as it was. Nobody has to step an instance that has not started.
 */
export function foldMigration(
  language: Language,
  program: Program,
  standing: Standing,
  event: Event & MigrateEvent,
  from: Definition,
): Step {
  const refuse = (code: string, message: string) => rejected(standing, event, { code, message, path: '' });
  const { status, state } = standing;
  if (hasEnded(status) && status !== 'failed') return refuse('ended', `the instance has ended (${status})`);
  if (from.language !== language.name || language.migrate === undefined) {
    return refuse('no-migration', `nothing leads from ${from.language} to ${language.name}`);
  }
  if (state === null && status === 'failed') return refuse('no-migration', 'the instance never began');
  if (state === null) {
    const data = { from: event.from.version, to: event.to.version };
    return { ...standing, effects: [], history: [{ type: 'InstanceMigrated', data }], outcome: APPLIED };
  }
  const step = language.migrate(program, state, event, from);
  const problem = wrongReceiver(step.effects) ?? wrongTask(step.effects) ?? tooLarge(standing, step, event);
  if (problem !== undefined) return rejected(standing, event, problem);
  checkEffects(language, event, step);
  return status === 'paused' && step.status === 'running' ? { ...step, status } : step;
}

/**
 * An entry of a journal, folded again; of a migration, with the definition that it comes from. Of the sends that
 * brought its event it tells only whether they were too many.
 */
export function refold(
  language: Language,
  program: Program,
  standing: Standing,
  entry: JournalEntry,
  from?: Definition,
): Step {
  const { outcome } = entry;
  const event = eventOf(entry);
  if (event.type === 'migrate' && from !== undefined)
    return foldMigration(language, program, standing, event, from);
  const tooMany = outcome.kind === 'rejected' && outcome.problem.code === TOO_MANY_HOPS;
  return fold(language, program, standing, event, tooMany ? MAX_HOPS + 1 : 0);
}

function checkEffects(language: Language, event: Event, { effects }: Step): void {
  for (const effect of effects) {
    if (!effect.id.startsWith(`${event.revision}.`)) {
      throw new Error(`${language.name}: effect ${effect.id} does not belong to revision ${event.revision}`);
    }
  }
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

const TOO_MANY_HOPS = 'too-many-hops';

function tooManyHops(event: Event): Problem {
  return {
    code: TOO_MANY_HOPS,
    message: `${event.id}: more than ${MAX_HOPS} sends in a row without a timer, a task or an outside event`,
    path: '',
  };
}

/** A stop is always taken: it adds nothing but its reason. */
function tooLarge(standing: Standing, { state, outcome }: Step, event: Event): Problem | undefined {
  if (state === standing.state || outcome.kind !== 'applied' || event.type === 'stop') return undefined;
  if (!exceeds(state, MAX_STATE_BYTES)) return undefined;
  return {
    code: 'state-too-large',
    message: `the state after ${event.type} would exceed ${MAX_STATE_BYTES} bytes`,
    path: '',
  };
}

/**
 * A step that must not be. A signal can be refused and all stays as it was; an answer cannot come again, so
 * the instance fails where it stands, and nothing is waited for any longer.
 */
function refused(
  language: Language,
  program: Program,
  standing: Standing,
  event: Event,
  problem: Problem,
): Step {
  const step = rejected(standing, event, problem);
  if (event.type === 'signal') return step;
  if (standing.state === null) return { ...step, status: 'failed' };
  const { code: error, message: cause } = problem;
  const end = language.fail(program, standing.state, event, { error, cause });
  checkEffects(language, event, end);
  return { ...end, history: [...step.history, ...end.history], outcome: step.outcome };
}

/** A step that changes nothing, since its event is refused. */
export function rejected(standing: Standing, event: Event, problem: Problem): Step {
  const { code, message } = problem;
  const data = { event: event.type === 'signal' ? event.name : event.type, code, message };
  return {
    ...ignored(standing, ''),
    history: [{ type: 'EventRejected', data }],
    outcome: { kind: 'rejected', problem },
  };
}

/** A step that changes nothing. */
export function ignored(standing: Standing, reason: string): Step {
  return { ...standing, effects: [], history: [], outcome: { kind: 'ignored', reason } };
}
