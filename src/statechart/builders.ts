import type {
  AnyEvent,
  Assignment,
  BuiltAction,
  BuiltGuard,
  Data,
  EventObject,
  GuardConfig,
  ScopeOf,
} from './config.js';
import type { StateValue } from './configuration.js';
import { escapeKey } from './node.js';

/** Helps the compiler to look for a type elsewhere first. */
type LowInfer<T> = T & NonNullable<unknown>;

/** An event, or what gives one. */
type EventOf<TContext, TEvent, TParams, TGiven> =
  | TGiven
  | ((scope: ScopeOf<TContext, TEvent>, params: TParams) => TGiven);

/** How long an event is held back, and the id that it can be cancelled by meanwhile. */
interface HoldOptions<TContext, TEvent, TParams> {
  readonly delay?: string | number | ((scope: ScopeOf<TContext, TEvent>, params: TParams) => string | number);
  readonly id?: string;
}

/**
 * An action that sets fields of the context, as XState's `assign`; what it gives stands for `{ assign: … }`.
 *
 * @example
 * assign({ count: 1 }).built; // => { assign: { count: 1 } }
 */
export function assign<TContext = unknown, TEvent extends EventObject = AnyEvent, TParams = unknown>(
  assignment: Assignment<LowInfer<TContext>, TEvent, TParams>,
): BuiltAction<TContext, TEvent, never, never, TParams> {
  return action({ assign: assignment });
}

/**
 * An event for the machine itself, before any from outside; with a `delay` when that is over.
 *
 * @example
 * raise({ type: 'NEXT' }, { delay: '3s' }).built; // => { raise: { event: { type: 'NEXT' }, delay: '3s' } }
 */
export function raise<
  TContext = unknown,
  TEvent extends EventObject = AnyEvent,
  TRaised extends EventObject = EventObject,
  TParams = unknown,
>(
  event: EventOf<TContext, TEvent, TParams, TRaised>,
  options: HoldOptions<TContext, TEvent, TParams> = {},
): BuiltAction<TContext, TEvent, TRaised, never, TParams> {
  return action({ raise: { event, ...held(options) } });
}

/**
 * An event for a machine that was invoked under this id, or, where a function gives it, for the instance of any id.
 *
 * @example
 * sendTo('pay', { type: 'HINT' }).built; // => { send: { to: '#_pay', event: { type: 'HINT' } } }
 */
export function sendTo<TContext = unknown, TEvent extends EventObject = AnyEvent, TParams = unknown>(
  target: string | ((scope: ScopeOf<TContext, TEvent>, params: TParams) => string),
  event: EventOf<TContext, TEvent, TParams, EventObject>,
  options: HoldOptions<TContext, TEvent, TParams> = {},
): BuiltAction<TContext, TEvent, never, never, TParams> {
  const to = typeof target === 'string' ? `#_${target}` : target;
  return action({ send: { to, event, ...held(options) } });
}

/** An event for the machine that invoked this one. */
export function sendParent<TContext = unknown, TEvent extends EventObject = AnyEvent, TParams = unknown>(
  event: EventOf<TContext, TEvent, TParams, EventObject>,
  options: HoldOptions<TContext, TEvent, TParams> = {},
): BuiltAction<TContext, TEvent, never, never, TParams> {
  return action({ send: { to: '#_parent', event, ...held(options) } });
}

/** Tells those who watch. */
export function emit<
  TContext = unknown,
  TEvent extends EventObject = AnyEvent,
  TEmitted extends EventObject = EventObject,
  TParams = unknown,
>(
  event: EventOf<TContext, TEvent, TParams, TEmitted>,
): BuiltAction<TContext, TEvent, never, TEmitted, TParams> {
  return action({ emit: { event } });
}

/** Takes back what is held back under this id. */
export function cancel<TContext = unknown, TEvent extends EventObject = AnyEvent, TParams = unknown>(
  id: string | ((scope: ScopeOf<TContext, TEvent>, params: TParams) => string),
): BuiltAction<TContext, TEvent, never, never, TParams> {
  return action({ cancel: id });
}

/** A line of the history. */
export function log<TContext = unknown, TEvent extends EventObject = AnyEvent>(
  value: Data<TContext, TEvent> = ({ event }: ScopeOf<TContext, TEvent>) => event,
  label?: string,
): BuiltAction<TContext, TEvent, never, never> {
  return action({ log: { value, ...(label === undefined ? {} : { label }) } });
}

/** Whether all of these allow it. */
export function and<TContext = unknown, TEvent = AnyEvent>(
  guards: readonly GuardConfig<TContext, TEvent>[],
): BuiltGuard<TContext, TEvent> {
  return guard({ and: guards });
}

/** Whether any of these allows it. */
export function or<TContext = unknown, TEvent = AnyEvent>(
  guards: readonly GuardConfig<TContext, TEvent>[],
): BuiltGuard<TContext, TEvent> {
  return guard({ or: guards });
}

/** Whether this one does not allow it. */
export function not<TContext = unknown, TEvent = AnyEvent>(
  inner: GuardConfig<TContext, TEvent>,
): BuiltGuard<TContext, TEvent> {
  return guard({ not: inner });
}

/**
 * Whether a state is active: `#id`, a path from the root, or all of a state value.
 *
 * @example
 * stateIn({ sound: 'on' }).built; // => { and: [{ in: 'sound.on' }] }
 */
export function stateIn<TContext = unknown, TEvent = AnyEvent>(
  value: StateValue,
): BuiltGuard<TContext, TEvent> {
  return guard(
    typeof value === 'string' ? { in: value } : { and: pathsOf(value).map((path) => ({ in: path })) },
  );
}

/** What a builder's function stands for, if it is one. */
export function builtOf(fn: unknown): unknown {
  if (typeof fn !== 'function' || !Object.hasOwn(fn, 'built')) return undefined;
  return (fn as unknown as { readonly built: unknown }).built;
}

function action<TContext, TEvent, TParams>(
  built: object,
): BuiltAction<TContext, TEvent, never, never, TParams> {
  return standFor(built);
}

function guard<TContext, TEvent>(built: object): BuiltGuard<TContext, TEvent> {
  return standFor(built);
}

function standFor(built: object) {
  const never = (): never => {
    throw new Error('what a builder gives is part of a machine, and not to be called');
  };
  return Object.assign(never, { built });
}

function held<TContext, TEvent, TParams>({ delay, id }: HoldOptions<TContext, TEvent, TParams>): object {
  return { ...(delay === undefined ? {} : { delay }), ...(id === undefined ? {} : { id }) };
}

/** The innermost states that a value names, as paths from the root. */
function pathsOf(value: StateValue): string[] {
  if (typeof value === 'string') return [escapeKey(value)];
  return Object.entries(value).flatMap(([key, inner]) => {
    const rest = pathsOf(inner);
    return rest.length === 0 ? [escapeKey(key)] : rest.map((path) => `${escapeKey(key)}.${path}`);
  });
}
