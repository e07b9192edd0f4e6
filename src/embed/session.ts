import type { CreateOptions, Engine, InstanceView } from '../core/engine.js';
import type { Json } from '../core/json.js';
import { Refused } from '../core/problem.js';
import type { EventObject } from '../statechart/config.js';
import type { Machine } from '../statechart/machine.js';
import { plainEvent } from '../statechart/machine-event.js';
import type { AnyFace } from '../statechart/typed/face.js';
import type { Actor } from './actor/actor.js';

/** What comes with an event, besides its type. */
type Payload<TEvent, TType> = Omit<Extract<TEvent, { readonly type: TType }>, 'type'>;

type Sent<TEvent, TType> =
  Record<never, never> extends Payload<TEvent, TType>
    ? readonly [payload?: Payload<TEvent, TType>]
    : readonly [payload: Payload<TEvent, TType>];

/**
 * A machine at work, in the words of its definition: `order.send.fill({ qty: 3 })`, `order.is.open`,
 * `order.is['open.empty']`. `TDone` is what a send gives: nothing in memory, a promise on an engine.
 */
export interface Session<TContext, TEvent extends EventObject, TFace extends AnyFace, TDone> {
  /** By event, what sends it. */
  readonly send: { readonly [K in TEvent['type']]: (...payload: Sent<TEvent, K>) => TDone };
  /** By path of a state, whether it is active. */
  readonly is: { readonly [K in TFace['path']]: boolean };
  readonly value: TFace['value'];
  readonly context: TContext;
  readonly output: TFace['output'] | undefined;
}

/** A session on an instance, which others may send events to as well. */
export interface DurableSession<TContext, TEvent extends EventObject, TFace extends AnyFace>
  extends Session<TContext, TEvent, TFace, Promise<void>> {
  /** The instance's id. */
  readonly id: string;
  /** Reads where the instance stands now; every send does so, too, once it was applied. */
  readonly refresh: () => Promise<void>;
}

export interface SessionOptions<TInput> {
  /** The instance's id; one is made up, if absent. */
  readonly id?: string;
  /** What the instance starts with, where it is not there yet. */
  readonly input?: TInput;
  /** How long a call waits for what it sent to be applied; 10 seconds, if absent. */
  readonly patience?: NonNullable<CreateOptions['wait']>;
}

/** How long a call waits for what it sent to be applied, where nothing else is said. */
const PATIENCE = '10s';

/** A session on an actor in memory. */
export function actorSession<TContext, TEvent extends EventObject, TFace extends AnyFace>(
  actor: Actor<TContext, TEvent, TFace>,
): Session<TContext, TEvent, TFace, void> {
  return {
    send: byName((type) => (payload?: object) => actor.send({ ...payload, type } as unknown as TEvent)),
    is: byName((path) => actor.matches(path)),
    get value() {
      return actor.getSnapshot().value;
    },
    get context() {
      return actor.getSnapshot().context;
    },
    get output() {
      return actor.getSnapshot().output;
    },
  };
}

/**
 * A session on an instance of a machine that the engine knows: created under this id, or gone on with where it is there.
 * Rejects with Refused where the engine refuses the instance; a send does where its event was rejected.
 */
export async function openSession<TContext, TEvent extends EventObject, TFace extends AnyFace>(
  engine: Engine,
  machine: Machine<TContext, TEvent, TFace>,
  { id: wanted, input, patience = PATIENCE }: SessionOptions<TFace['input']> = {},
): Promise<DurableSession<TContext, TEvent, TFace>> {
  const known = wanted === undefined ? undefined : await engine.read(wanted);
  const options = {
    wait: patience,
    ...(wanted === undefined ? {} : { id: wanted }),
    ...(input === undefined ? {} : { input: input as Json }),
  };
  let view: InstanceView = known ?? (await engine.create(machine.id, options));
  const { id } = view;
  const refresh = async (): Promise<void> => {
    view = (await engine.read(id)) ?? view;
  };
  const send = async (type: string, payload: object = {}): Promise<void> => {
    const { data } = plainEvent({ ...payload, type });
    const sent = { type, ...(data === undefined ? {} : { data: data as Json }) };
    const { applied } = await engine.send(id, sent, { wait: patience });
    await refresh();
    if (applied?.outcome.kind === 'rejected') throw new Refused(applied.outcome.problem);
  };
  const kept = () => ({ value: view.value as TFace['value'], context: view.context as TContext });
  return {
    id,
    refresh,
    send: byName((type) => (payload?: object) => send(type, payload)),
    is: byName((path) => machine.resolveState(kept()).matches(path)),
    get value() {
      return kept().value;
    },
    get context() {
      return kept().context;
    },
    get output() {
      return (view.output ?? undefined) as TFace['output'] | undefined;
    },
  };
}

/** An object whose members are worked out when they are asked for. */
function byName<T>(member: (name: string) => unknown): T {
  const get = (_: object, name: string | symbol): unknown =>
    typeof name === 'string' ? member(name) : undefined;
  return new Proxy(Object.freeze({}), { get }) as T;
}
