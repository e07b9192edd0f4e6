import { parseDuration } from '../../core/duration.js';
import { type Assignment, assignFields, assignWhole } from '../assignment.js';
import { builtOf } from '../builders.js';
import type { ContextShape } from '../context-shape.js';
import { type MachineEffect, SELF, type SignalEffect } from '../machine-effect.js';
import { isReserved, type MachineEvent, plainEvent } from '../machine-event.js';
import type { Op, Producer, Run, Value } from '../run.js';
import { readActions } from '../schema/action.js';
import type {
  ChartAction,
  ChartAssign,
  ChartChoose,
  ChartEvent,
  ChartLog,
  ChartNamed,
  ChartPause,
  ChartRaise,
  ChartSend,
} from '../schema/chart.js';
import { bindGuard, type FindState } from './guards.js';
import type { Values } from './values.js';

type Perform = Op['perform'];

/** The params of what has none. */
const NOTHING: Value = { produce: () => undefined, read: () => undefined };

/** Turns actions into closures. */
export class Actions {
  /** The names that handlers are asked for. */
  readonly tasks = new Set<string>();
  /** Whether there are conditions in them, which may ask for states. */
  asks = false;
  readonly #values: Values;
  readonly #shape: ContextShape;
  readonly #find: FindState;

  constructor(values: Values, shape: ContextShape, find: FindState) {
    this.#values = values;
    this.#shape = shape;
    this.#find = find;
  }

  /** `place` is for people: `entry of "idle"`. `params` are those of the named action that these stand for. */
  ops(actions: readonly ChartAction[], place: string, params = NOTHING): readonly Op[] {
    return actions.map((action) => this.#op(action, place, params));
  }

  #op(action: ChartAction, place: string, params: Value): Op {
    const { path } = action;
    if (action.kind === 'named') return this.#named(action, place);
    if (action.kind === 'assign') return { ...this.#assign(action, params), place, path };
    return { perform: this.#perform(action, place), place, path };
  }

  #perform(action: Exclude<ChartAction, ChartNamed | ChartAssign>, place: string): Perform {
    switch (action.kind) {
      case 'raise':
        return this.#raise(action);
      case 'send':
        return this.#send(action);
      case 'cancel': {
        const produce = this.#values.producer(action.id);
        return (run) => run.emit({ type: 'cancel', kind: 'event', key: String(produce(run, undefined)) });
      }
      case 'emit': {
        const make = this.#event(action.event);
        return (run) => run.emit({ type: 'emit', event: make(run) });
      }
      case 'log':
        return this.#log(action);
      case 'datamodel':
        return action.bind((inner) => this.ops(inner, place));
      default:
        return this.#choose(action, place);
    }
  }

  #assign({ fields }: ChartAssign, params: Value): Assignment {
    const values = this.#values;
    if ('kind' in fields) return assignWhole(values.value(fields), params, this.#shape);
    const set = fields.map(([key, template]) => [key, values.value(template)] as const);
    return assignFields(set, params, this.#shape);
  }

  #raise({ event, delay }: ChartRaise): Perform {
    const make = this.#event(event);
    if (delay === undefined) return (run) => run.raise(make(run));
    const hold = this.#hold(delay);
    return (run) => run.emit(hold(run, { raise: make(run) }));
  }

  /** What makes the event that an action is about. */
  #event(event: ChartEvent): (run: Run) => MachineEvent {
    if ('whole' in event) {
      const produce = this.#values.producer(event.whole);
      return (run) => checkedEvent(produce(run, undefined));
    }
    const { type } = event;
    const produce = this.#values.optional(event.data);
    const plain: MachineEvent = Object.freeze({ type });
    return (run) => (produce === undefined ? plain : { type, data: produce(run, undefined) });
  }

  #send({ event, to, delay }: ChartSend): Perform {
    const target = to === undefined ? () => SELF : this.#values.producer(to);
    const make = this.#event(event);
    const signal = (run: Run): SignalEffect => {
      const instance = target(run, undefined);
      if (typeof instance !== 'string' || instance === '') {
        throw new Error(`"to" must give the id of an instance, not ${shortened(instance)}`);
      }
      const { type: name, data } = plainEvent(make(run));
      const sent = { type: 'send', to: instance, name } as const;
      return data === undefined ? sent : { ...sent, data };
    };
    if (delay === undefined) return (run) => run.emit(signal(run));
    const hold = this.#hold(delay);
    return (run) => run.emit(hold(run, { send: signal(run) }));
  }

  #hold({ delay, id }: ChartPause) {
    const length = durationOf(this.#values.producer(delay));
    const key = id === undefined ? {} : { key: id };
    return (run: Run, event: Extract<MachineEffect, { type: 'hold' }>['event']): MachineEffect => {
      return { type: 'hold', ...key, delayMs: length(run), event };
    };
  }

  #log({ label, value }: ChartLog): Perform {
    const produce = this.#values.optional(value);
    const told = { type: 'log', ...(label === undefined ? {} : { label }) } as const;
    return (run) => run.emit(produce === undefined ? told : { ...told, value: produce(run, undefined) });
  }

  /** The actions of a branch are done one after the other; an error in one skips what is left, as in a block. */
  #choose({ branches, path }: ChartChoose, place: string): Perform {
    this.asks = true;
    const bound = branches.map(({ guard, actions }) => ({
      guard: guard && bindGuard(guard, this.#values, this.#find),
      path: guard?.path ?? path,
      ops: this.ops(actions, place),
    }));
    return (run) => {
      const chosen = bound.find(({ guard, path }) => guard === undefined || run.allows(guard, place, path));
      for (const op of chosen?.ops ?? []) op.perform(run);
    };
  }

  /** What was given for a name as it is written in a definition is done in the step; everything else is an effect. */
  #named({ name, path, params: written }: ChartNamed, place: string): Op {
    const values = this.#values;
    const params = written === undefined ? NOTHING : values.value(written);
    const given = values.given('actions', name);
    const action = builtOf(given) ?? given;
    if (typeof action === 'object' && action !== null) {
      values.hasFunctions = true;
      const bind = () => this.ops(readActions(values.findings, action, path), place, params);
      const ops = values.within('action', name, path, bind) ?? [];
      const [only] = ops;
      if (only !== undefined && ops.length === 1) return { ...only, place, path };
      const perform: Perform = (run) => {
        for (const op of ops) op.perform(run);
      };
      return { perform, place, path };
    }
    this.tasks.add(name);
    // A function written for XState takes ({ context, event }, params); other handlers take their params alone.
    const isWhole = typeof action === 'function';
    if (!isWhole && written?.kind === 'constant') {
      return constant({ type: 'task', ask: false, name, input: written.value }, place, path);
    }
    const perform: Perform = (run) => {
      const told = params.produce(run, undefined);
      const { context, event } = run;
      const input =
        params === NOTHING ? { context, event } : isWhole ? { context, event, params: told } : told;
      run.emit({ type: 'task', ask: false, name, input });
    };
    return { perform, place, path };
  }
}

/** Milliseconds of what gives a duration. */
export function durationOf(produce: Producer): (run: Run) => number {
  return (run) => {
    const duration = parseDuration(produce(run, undefined));
    if ('problem' in duration) throw new Error(duration.problem.message);
    return duration.value;
  };
}

/** An op that makes one effect, always the same. */
export function constant(effect: MachineEffect, place: string, path: string): Op {
  Object.freeze(effect);
  return { perform: (run) => run.emit(effect), effect, place, path };
}

/** What was computed as an event, if it is one that a machine may make. */
function checkedEvent(value: unknown): MachineEvent {
  const type = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
  if (typeof type !== 'string' || type === '' || type === '*' || isReserved(type)) {
    throw new Error(`an event is an object with a "type", not ${shortened(value)}`);
  }
  return value as MachineEvent;
}

/** A value as messages show it. */
export function shortened(value: unknown): string | undefined {
  return JSON.stringify(value)?.slice(0, 100);
}
