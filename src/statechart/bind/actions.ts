import { parseDuration } from '../../core/duration.js';
import { toJson } from '../../core/json.js';
import { type Assignment, assignFields, assignWhole } from '../assignment.js';
import type { ContextShape } from '../context-shape.js';
import { type MachineEffect, SELF, type SignalEffect } from '../machine-effect.js';
import { isReserved, type MachineEvent, plainEvent } from '../machine-event.js';
import type { StateNode } from '../node.js';
import type { Op, Producer, Run, Value } from '../run.js';
import { readActions } from '../schema/action.js';
import type {
  ChartAction,
  ChartAssign,
  ChartCancel,
  ChartChoose,
  ChartEmit,
  ChartEvent,
  ChartLog,
  ChartNamed,
  ChartPause,
  ChartRaise,
  ChartSend,
} from '../schema/chart.js';
import { join } from '../schema/findings.js';
import { readFunction, readTemplate } from '../schema/template.js';
import { bindGuard, type FindState } from './guards.js';
import { given, type ScopeFunction, type Values } from './values.js';

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

  /** `place` is for people: `entry of "idle"`. */
  ops(actions: readonly ChartAction[], place: string, source: StateNode): readonly Op[] {
    return actions.map((action) => this.#op(action, place, source));
  }

  #op(action: ChartAction, place: string, source: StateNode): Op {
    const { path } = action;
    if (action.kind === 'named') return this.#named(action, place, source);
    if (action.kind === 'assign') return { ...this.#assign(action), place, path };
    return { perform: this.#perform(action, place, source), place, path };
  }

  #perform(
    action: Exclude<ChartAction, ChartNamed | ChartAssign>,
    place: string,
    source: StateNode,
  ): Perform {
    switch (action.kind) {
      case 'raise':
        return this.#raise(action);
      case 'send':
        return this.#send(action);
      case 'cancel':
        return this.#cancel(action);
      case 'emit':
        return this.#emit(action);
      case 'log':
        return this.#log(action);
      case 'datamodel':
        return action.bind((inner) => this.ops(inner, place, source));
      default:
        return this.#choose(action, place, source);
    }
  }

  #assign({ fields }: ChartAssign): Assignment {
    const values = this.#values;
    if ('kind' in fields) return assignWhole(values.value(fields), NOTHING, this.#shape);
    const produced = fields.map(([key, template]) => [key, values.value(template)] as const);
    return assignFields(produced, NOTHING, this.#shape);
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
        const given = JSON.stringify(instance)?.slice(0, 100);
        throw new Error(`"to" must give the id of an instance, not ${given}`);
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
    const produce = this.#values.producer(delay);
    const key = id === undefined ? {} : { key: id };
    return (run: Run, event: Extract<MachineEffect, { type: 'hold' }>['event']): MachineEffect => {
      const duration = parseDuration(produce(run, undefined));
      if ('problem' in duration) throw new Error(duration.problem.message);
      return { type: 'hold', ...key, delayMs: duration.value, event };
    };
  }

  #cancel({ id }: ChartCancel): Perform {
    const produce = this.#values.producer(id);
    return (run) => run.emit({ type: 'cancel', kind: 'event', key: String(produce(run, undefined)) });
  }

  #emit({ event }: ChartEmit): Perform {
    const make = this.#event(event);
    return (run) => run.emit({ type: 'emit', event: make(run) });
  }

  #log({ label, value }: ChartLog): Perform {
    const produce = this.#values.optional(value);
    const told = label === undefined ? {} : { label };
    return (run) =>
      run.emit({
        type: 'log',
        ...told,
        ...(produce === undefined ? {} : { value: produce(run, undefined) }),
      });
  }

  /** The actions of a branch are done one after the other; an error in one skips what is left, as in a block. */
  #choose({ branches, path }: ChartChoose, place: string, source: StateNode): Perform {
    this.asks = true;
    const bound = branches.map(({ guard, actions }) => ({
      guard: guard && bindGuard(guard, source, this.#values, this.#find),
      path: guard?.path ?? path,
      ops: this.ops(actions, place, source),
    }));
    return (run) => {
      const chosen = bound.find(({ guard, path }) => guard === undefined || run.allows(guard, place, path));
      for (const op of chosen?.ops ?? []) op.perform(run);
    };
  }

  /** What was given for a name as it is written in a definition is done in the step; everything else is an effect. */
  #named(action: ChartNamed, place: string, source: StateNode): Op {
    const { name, path } = action;
    const given = action.params === undefined ? NOTHING : this.#values.value(action.params);
    const implemented = this.#values.implementations.actions ?? {};
    const implementation = Object.hasOwn(implemented, name) ? implemented[name] : undefined;
    if (typeof implementation === 'object' && implementation !== null) {
      return { ...this.#written(name, implementation, given, place, source, path), place, path };
    }
    this.tasks.add(name);
    // A function written for XState takes ({ context, event }, params); other handlers take their params alone.
    const whole = typeof implementation === 'function';
    if (!whole && action.params?.kind === 'constant') {
      return constant({ type: 'task', ask: false, name, input: action.params.value }, place, path);
    }
    const input: Producer =
      action.params === undefined
        ? (run) => ({ context: run.context, event: run.event })
        : whole
          ? (run) => ({ context: run.context, event: run.event, params: given.produce(run, undefined) })
          : given.produce;
    const perform: Perform = (run) =>
      run.emit({ type: 'task', ask: false, name, input: input(run, undefined) });
    return { perform, place, path };
  }

  /** An action that is implemented by another as it is written: the `assign` of one gets the params. */
  #written(
    name: string,
    action: object,
    params: Value,
    place: string,
    source: StateNode,
    path: string,
  ): Assignment {
    const { assign } = action as { readonly assign?: unknown };
    const { findings } = this.#values;
    this.#values.hasFunctions = true;
    const whole = typeof assign === 'string' ? readFunction(assign, path) : undefined;
    if (whole !== undefined) return assignWhole(this.#values.value(whole), params, this.#shape);
    if (typeof assign === 'function') {
      return assignWhole(given(assign as ScopeFunction), params, this.#shape);
    }
    if (typeof assign === 'object' && assign !== null) {
      const fields = Object.entries(assign).map(([key, value]: [string, unknown]) => {
        return [key, this.#given(value, join(path, key))] as const;
      });
      return assignFields(fields, params, this.#shape);
    }
    const json = toJson(action);
    if ('problem' in json) findings.add({ ...json.problem, path: path + json.problem.path });
    const bind = () =>
      'value' in json ? this.ops(readActions(findings, json.value, path), place, source) : [];
    const ops = this.#values.within('action', name, path, bind);
    return {
      perform(run) {
        for (const op of ops ?? []) op.perform(run);
      },
    };
  }

  /** A field's value as a program gave it. */
  #given(value: unknown, path: string): Value {
    if (typeof value === 'function') return given(value as ScopeFunction);
    const { findings } = this.#values;
    const json = toJson(value);
    const template = 'value' in json ? readTemplate(findings, json.value, path) : undefined;
    if ('problem' in json) findings.add({ ...json.problem, path: path + json.problem.path });
    return this.#values.value(template ?? { kind: 'constant', value: null });
  }
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
    throw new Error(`an event is an object with a "type", not ${JSON.stringify(value)?.slice(0, 100)}`);
  }
  return value as MachineEvent;
}
