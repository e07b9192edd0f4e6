import { Chance } from '../core/chance.js';
import type { Event } from '../core/event.js';
import { ignored } from '../core/fold.js';
import { given } from '../core/given.js';
import type { Happening } from '../core/journal.js';
import type { Json } from '../core/json.js';
import type { Failure, Step } from '../core/language.js';
import { invocation } from './bind/invocation.js';
import type { StatechartProgram } from './compile.js';
import type { Dialect } from './dialect.js';
import type { MachineEvent } from './machine-event.js';
import { Macrostep, type Taken } from './macrostep.js';
import { childrenOf, isLeft, type Numbering } from './numbering.js';
import { applied, failed, goesOn, numberingOf, reasonOf } from './outcome.js';
import { type FailedAttempt, invokedAs, nextAttempt } from './retry.js';
import { planFor } from './select.js';
import { asJson, configurationOf, contextOf, type Pending, type StoredState } from './stored-state.js';
import { Undone } from './undone.js';

/** What comes back to an instance for an effect of its own. */
export type Answer = Extract<Event, { readonly effect: string }>;

/** What becomes of it: it may start another attempt, or send what was held back; else the machine takes it as an event. */
export function answer(program: StatechartProgram, stored: StoredState, event: Answer): Step {
  const waiting = stored.pending === undefined ? undefined : ownPending(stored.pending, event.effect);
  if (waiting === undefined || !answers(event, waiting)) {
    return ignored({ status: 'running', state: asJson(stored) }, `the effect ${event.effect} is not pending`);
  }
  const numbering = numberingOf(program, stored, event);
  numbering.answered(event.effect);
  if (isLeft(waiting) && failureOf(event) !== undefined) return goesOn(stored, numbering, []);
  if ('send' in waiting) return released(stored, numbering, event.effect, waiting.send);
  if ('retry' in waiting) return tryAgain(program, stored, numbering, waiting);
  const { event: told, happening, failure } = answered(program.space.dialect, waiting, event);
  const configuration = configurationOf(program.space, stored);
  if (('task' in waiting || 'child' in waiting) && failure !== undefined) {
    const { input = null, used, machine } = waiting;
    const key = 'task' in waiting ? waiting.task : waiting.child;
    const invoke = used && invokedAs(configuration, key);
    const next = invoke && nextAttempt(invoke, used, failedAttempt(failure, event));
    if (next !== undefined) {
      numbering.again(key, { input, ...given({ machine }), ...next });
      return goesOn(stored, numbering, [happening]);
    }
  }
  const context = contextOf(program, stored);
  const taken: Taken[] = [];
  const children = childrenOf(stored, event);
  const run = new Macrostep(configuration, context.lent, told, { ...event, children }, taken);
  const { dialect } = program.space;
  try {
    if (!dialect.invokesAtOnce) run.receive('child' in waiting ? waiting.child : undefined);
    run.react(planFor(configuration, told.type));
    if (!run.moved && failure !== undefined && ('task' in waiting || dialect.failsWithMachines))
      return failed(stored, event, numbering, [happening], failure);
    return applied(program, run, context, numbering, [happening], taken);
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    const fresh = numberingOf(program, stored, event);
    fresh.answered(event.effect);
    return failed(stored, event, fresh, [happening], reasonOf(error.problem));
  }
}

/** Chance is the event's (rule 5). */
function failedAttempt({ error }: Failure, event: Answer): FailedAttempt {
  const { at, instance, seed } = event;
  return {
    ...{ error, at, isStopped: event.type === 'child.ended' && event.status === 'stopped' },
    below: (bound) => new Chance(instance, seed).below(bound),
  };
}

/** The pause before another attempt is over. */
function tryAgain(
  program: StatechartProgram,
  stored: StoredState,
  numbering: Numbering,
  { retry: key, input, used, machine }: Extract<Pending, { readonly retry: string }>,
): Step {
  const invoke = invokedAs(configurationOf(program.space, stored), key);
  if (invoke !== undefined) numbering.add({ ...invocation(invoke, key, input, used), ...given({ machine }) });
  return goesOn(stored, numbering, []);
}

/** Whether an event is of the kind that something waits for. */
function answers({ type }: Answer, waiting: Pending): boolean {
  if ('task' in waiting) return type === 'task.succeeded' || type === 'task.failed';
  return type === ('child' in waiting ? 'child.ended' : 'timer.fired');
}

/** What an answer is to the machine, what the history says of it, and what is wrong if nothing takes it. */
interface Answered {
  readonly event: MachineEvent;
  readonly happening: Happening;
  readonly failure?: Failure;
}

function answered(
  { events, ended }: Dialect,
  waiting: Exclude<Pending, { readonly send: unknown } | { readonly retry: string }>,
  event: Answer,
): Answered {
  const { effect } = event;
  if ('timer' in waiting) {
    const { timer } = waiting;
    return { event: { type: timer }, happening: { type: 'TimerFired', data: { effect, timer } } };
  }
  if ('raise' in waiting) {
    const { raise } = waiting;
    return { event: raise, happening: { type: 'EventReleased', data: { effect, event: raise.type } } };
  }
  const [id, what] = 'task' in waiting ? [waiting.task, 'Task'] : [waiting.child, 'Machine'];
  const failure = failureOf(event);
  if (failure === undefined) {
    const output = 'output' in event ? event.output : null;
    return {
      event: { type: events.taskDone(id), ...ended(id), output },
      happening: { type: `${what}Succeeded`, data: { effect, id } },
    };
  }
  const { error, cause } = failure;
  return {
    event: { type: events.taskError(id), ...ended(id), error: { name: error, message: cause } },
    happening: { type: `${what}Failed`, data: { effect, id, error, cause } },
    failure,
  };
}

/** Why what was invoked did not come to its end, where it did not. */
function failureOf(event: Answer): Failure | undefined {
  if (event.type === 'task.failed') return { error: event.error, cause: event.cause };
  if (event.type !== 'child.ended' || event.status === 'succeeded') return undefined;
  const { status, error = status, cause = `the machine ${event.child} is ${status}` } = event;
  return { error, cause };
}

/** An event that was held back is sent: the machine itself is not asked. */
function released(
  stored: StoredState,
  numbering: Numbering,
  effect: string,
  send: { readonly to: string; readonly name: string; readonly data?: Json; readonly sendId?: string },
): Step {
  numbering.add({ type: 'send', ...send });
  return goesOn(stored, numbering, [{ type: 'EventReleased', data: { effect, event: send.name } }]);
}

function ownPending(pending: Readonly<Record<string, Pending>>, id: string): Pending | undefined {
  return Object.hasOwn(pending, id) ? pending[id] : undefined;
}
