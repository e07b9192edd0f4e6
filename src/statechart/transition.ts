import { Refused } from '../core/problem.js';
import type { EventObject } from './config.js';
import { type Configuration, type Move, Plan } from './configuration.js';
import { Machine } from './machine.js';
import { type MachineEffect, NO_EFFECTS } from './machine-effect.js';
import { INIT, isErrorEvent, type MachineEvent } from './machine-event.js';
import { Macrostep } from './macrostep.js';
import { surroundings } from './origin.js';
import type { Context, Scope } from './run.js';
import { planFor } from './select.js';
import { MachineSnapshot } from './snapshot.js';
import type { AnyFace } from './typed/face.js';
import { Undone } from './undone.js';

/** Events that a machine makes for itself, as a pure host hands them in: a delay is over, a task is done. */
export interface OwnEvent {
  readonly type: `xstate.${string}`;
  readonly output?: unknown;
  readonly error?: unknown;
}

/** A snapshot, and what is to be done outside for it. */
export type Transitioned<TContext, TFace extends AnyFace = AnyFace> = readonly [
  MachineSnapshot<TContext, TFace>,
  readonly MachineEffect[],
];

/**
 * Where a machine starts, and what is to be done there. Throws Refused where its context or its first
 * macrostep fails.
 *
 * @example
 * const lamp = createMachine({ initial: 'off', states: { off: { on: { PRESS: 'lit' } }, lit: {} } });
 * initialTransition(lamp)[0].value; // => 'off'
 */
export function initialTransition<TContext, TEvent extends EventObject, TFace extends AnyFace>(
  machine: Machine<TContext, TEvent, TFace>,
  input?: TFace['input'],
): Transitioned<TContext, TFace> {
  const program = Machine.programOf(machine);
  try {
    const context = program.makeContext(input, () => surroundings(undefined));
    const run = new Macrostep(program.start.to, context, { type: INIT, input }, undefined, undefined);
    run.start(program.start);
    return [finished(run), run.effects];
  } catch (error) {
    throw refusal(error);
  }
}

/**
 * The snapshot after an event and everything that follows from it within the machine, and what is to be done
 * outside. The snapshot given is never changed, and is given back where nothing changes. Throws Refused, its
 * `cause` being what went wrong, where a guard or an assign fails and no transition takes `error.execution`.
 *
 * @example
 * const lamp = createMachine({ initial: 'off', states: { off: { on: { PRESS: 'lit' } }, lit: {} } });
 * transition(lamp, initialTransition(lamp)[0], { type: 'PRESS' })[0].value; // => 'lit'
 */
export function transition<TContext, TEvent extends EventObject, TFace extends AnyFace>(
  machine: Machine<TContext, TEvent, TFace>,
  snapshot: MachineSnapshot<NoInfer<TContext>, NoInfer<TFace>>,
  event: TEvent | OwnEvent,
): Transitioned<TContext, TFace> {
  const configuration = MachineSnapshot.configurationOf(snapshot);
  const { space, sharedContext } = Machine.programOf(machine);
  if (configuration.space !== space) throw foreign();
  if (snapshot.status !== 'active') return [snapshot, NO_EFFECTS];
  const plan = planFor(configuration, event.type);
  if (plan.plain === undefined) return reacted(snapshot, configuration, plan, event);
  const { to, effects } = plan.plain;
  if (to === configuration) return [snapshot, effects];
  if (snapshot.context === sharedContext) return [rest(to, snapshot.context), effects];
  return [active(to, snapshot.context), effects];
}

function active<TContext, TFace extends AnyFace>(
  configuration: Configuration,
  context: unknown,
): MachineSnapshot<TContext, TFace> {
  return new MachineSnapshot(configuration, context as TContext, 'active', undefined, undefined);
}

/** The snapshot with the context that all instances begin with: it is the same for all of them, and made once. */
function rest<TContext, TFace extends AnyFace>(
  configuration: Configuration,
  context: TContext,
): MachineSnapshot<TContext, TFace> {
  configuration.resting ??= Object.freeze(active(configuration, context));
  return configuration.resting as unknown as MachineSnapshot<TContext, TFace>;
}

/** What context and event decide is worked out without a macrostep. */
function reacted<TContext, TFace extends AnyFace>(
  snapshot: MachineSnapshot<TContext, TFace>,
  configuration: Configuration,
  plan: Plan,
  event: EventObject,
): Transitioned<TContext, TFace> {
  const scope: Scope = { context: snapshot.context, event: event as MachineEvent };
  let at = plan;
  try {
    for (let { decides } = at; decides !== undefined; decides = at.decides)
      at = decides(scope) ? at.yes() : at.no();
    if (at.closed !== undefined)
      return [updated(snapshot, configuration, at.closed, scope), at.closed.effects];
  } catch {
    // Whatever fails does so again in the macrostep, where that is dealt with.
  }
  const isIdle = at === Plan.NOTHING && !configuration.hasAlways && configuration.forwards.length === 0;
  if (isIdle && !isErrorEvent(event.type)) return [snapshot, NO_EFFECTS];
  return stepped(snapshot, configuration, at, event);
}

function updated<TContext, TFace extends AnyFace>(
  snapshot: MachineSnapshot<TContext, TFace>,
  configuration: Configuration,
  { to, updates = [] }: Move,
  scope: Scope,
): MachineSnapshot<TContext, TFace> {
  const { event } = scope;
  let { context } = scope;
  for (let i = 0; i < updates.length; i++) context = updates[i]?.(i === 0 ? scope : { context, event });
  return to === configuration && context === snapshot.context ? snapshot : active(to, context);
}

function stepped<TContext, TFace extends AnyFace>(
  snapshot: MachineSnapshot<TContext, TFace>,
  configuration: Configuration,
  plan: Plan,
  event: EventObject,
): Transitioned<TContext, TFace> {
  const context = snapshot.context as Context;
  const run = new Macrostep(configuration, context, event as MachineEvent, undefined, undefined);
  try {
    run.receive();
    run.react(plan);
  } catch (error) {
    throw refusal(error);
  }
  if (run.configuration !== configuration || run.context !== context || run.done) {
    return [finished(run), run.effects];
  }
  if (!run.moved && isErrorEvent(event.type)) return broken(configuration, snapshot, event as OwnEvent);
  return [snapshot, run.effects];
}

function finished<TContext, TFace extends AnyFace>(run: Macrostep): MachineSnapshot<TContext, TFace> {
  const { configuration, context, done, output } = run;
  return new MachineSnapshot(configuration, context as TContext, done ? 'done' : 'active', output, undefined);
}

/** XState: an error that nothing takes ends the machine, and with it whatever it waits for. */
function broken<TContext, TFace extends AnyFace>(
  configuration: Configuration,
  { context, output }: MachineSnapshot<TContext, TFace>,
  { error }: OwnEvent,
): Transitioned<TContext, TFace> {
  const cancels = configuration.active.flatMap((node) => node.ends.flatMap((op) => op.effect ?? []));
  return [new MachineSnapshot(configuration, context, 'error', output, error), cancels];
}

function refusal(error: unknown): unknown {
  return error instanceof Undone ? new Refused(error.problem, { cause: error.cause }) : error;
}

function foreign(): Refused {
  return new Refused({ code: 'foreign-snapshot', message: 'the snapshot is of another machine', path: '' });
}
