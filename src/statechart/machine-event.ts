/**
 * An event as guards, assigns and actions see it. Events of a program keep the shape they were given
 * (`{ type, qty }` or `{ type, data }`); those that the machine makes for itself carry XState's names.
 */
export interface MachineEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The event of the first macrostep; it carries the machine's `input`. */
export const INIT = 'xstate.init';

/** What the expressions of a migration see as their event. */
export const MIGRATE = 'xstate.migrate';

/** What an invocation's input sees as its event where it begins anew for a redrive. */
export const REDRIVE = 'xstate.redrive';

/** Raised where a guard, an assign or another expression of a step fails; it carries `error`. */
export const EXECUTION_ERROR = 'error.execution';

/** A task was done; it carries `output`. */
export function taskDone(invokeId: string): string {
  return `xstate.done.actor.${invokeId}`;
}

/** A task failed; it carries `error: { name, message }`. */
export function taskError(invokeId: string): string {
  return `xstate.error.actor.${invokeId}`;
}

/** A final child was entered; it carries the child's `output`. */
export function stateDone(stateId: string): string {
  return `xstate.done.state.${stateId}`;
}

/** A delay of a state is over. `delay` is the key that it has under `after`. */
export function delayOver(delay: string, stateId: string): string {
  return `xstate.after.${delay}.${stateId}`;
}

/** Whether an event tells of an error: those are taken only by descriptors that name them, never by a bare `*`. */
export function isErrorEvent(type: string): boolean {
  return type.startsWith('xstate.error.') || type === EXECUTION_ERROR;
}

/** Whether only a machine itself may make an event of this name. */
export function isReserved(type: string): boolean {
  return type.startsWith('xstate.') || type === EXECUTION_ERROR;
}

/**
 * An event as expressions see it: what came with it is `data`, whichever way it was given. The machine's own
 * events stay as they are, with `output`, `error` or `input` beside the type.
 *
 * @example
 * plainEvent({ type: 'fill', qty: 3 }); // => { type: 'fill', data: { qty: 3 } }
 * plainEvent({ type: 'fill', data: { qty: 3 } }); // => { type: 'fill', data: { qty: 3 } }
 */
export function plainEvent(event: MachineEvent): MachineEvent {
  if (isReserved(event.type)) return event;
  const { type, ...rest } = event;
  if (Object.hasOwn(rest, 'data')) return { type, data: rest['data'] };
  return Object.keys(rest).length === 0 ? { type } : { type, data: rest };
}
