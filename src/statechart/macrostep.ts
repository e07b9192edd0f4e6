import type { Json } from '../core/json.js';
import type { Problem } from '../core/problem.js';
import type { Surroundings } from '../expression/expression.js';
import type { Template } from '../expression/template.js';
import { ActionError } from './action-error.js';
import { type Configuration, type Move, type Plan, Work, whereabouts } from './configuration.js';
import { MAX_EFFECTS, MAX_MICROSTEPS, MAX_RAISED } from './limits.js';
import { type MachineEffect, NO_EFFECTS, RELATIVE } from './machine-effect.js';
import { EXECUTION_ERROR, isErrorEvent, isReserved, type MachineEvent, plainEvent } from './machine-event.js';
import type { StateNode, Transition } from './node.js';
import { isKnown, type Origin, surroundings } from './origin.js';
import type { ActiveState, Context, Guard, Op, Producer, Run, Scope } from './run.js';
import { eventlessPlan, planFor } from './select.js';
import { spanOf } from './span.js';
import { failure, Undone } from './undone.js';

/** Transitions that were taken together, for those who keep a history. */
export interface Taken {
  /** The event's type; absent where none was needed. */
  readonly event: string | undefined;
  readonly move: Move;
}

interface Fault {
  readonly event: MachineEvent;
  readonly problem: Problem;
  readonly cause: unknown;
}

/**
 * One event, from the transition it selects to the point where nothing more is enabled (SCXML D:
 * mainEventLoop, with XState's rules). It works on a copy of nothing: what it was given is never changed, so
 * undoing is forgetting.
 */
export class Macrostep implements Run {
  configuration: Configuration;
  context: Context;
  event: MachineEvent;
  done = false;
  output: unknown = undefined;
  effects: readonly MachineEffect[] = NO_EFFECTS;
  /** Whether any transition was taken. */
  moved = false;
  readonly #origin: Origin | undefined;
  readonly #taken: Taken[] | undefined;
  #own: MachineEffect[] | undefined = undefined;
  #scope: Scope | undefined = undefined;
  #plain: Json | undefined = undefined;
  #surroundings: Surroundings | undefined = undefined;
  #queue: MachineEvent[] | undefined = undefined;
  #faults: Fault[] | undefined = undefined;
  /** States that are to invoke something in the end. */
  #invoking: Set<StateNode> | undefined = undefined;
  /** The active states while a transition is under way and somebody asks. */
  #marked: Map<number, ActiveState> | undefined = undefined;
  #ids: readonly string[] | undefined = undefined;
  #made = 0;

  constructor(
    configuration: Configuration,
    context: Context,
    event: MachineEvent,
    origin: Origin | undefined,
    taken: Taken[] | undefined,
  ) {
    this.configuration = configuration;
    this.context = context;
    this.event = event;
    this.#origin = origin;
    this.#taken = taken;
  }

  /** The first macrostep of a machine; `start` enters everything. */
  start(start: Move): void {
    if (this.configuration.space.marks) this.#marked = new Map();
    this.#take(start, undefined);
    this.#settle();
  }

  /** Where it stands without having been entered: what is done there, and what follows. */
  arrive(work: Work): void {
    this.#do(work);
    this.#settle();
  }

  /**
   * An event from outside: what came from what was invoked under a key is finalized, and what is to be sent on is sent on
   * (SCXML D: mainEventLoop).
   */
  receive(invoked?: string): void {
    const { type: name } = this.event;
    if (invoked !== undefined) {
      for (const { finalizes } of this.configuration.active) {
        for (const { key, ops } of finalizes) if (key === invoked) this.#block(ops);
      }
    }
    const { forwards } = this.configuration;
    if (forwards.length === 0 || isReserved(name)) return;
    for (const { key, descriptor } of forwards) {
      if (!this.configuration.space.dialect.matches(descriptor, name)) continue;
      const { data } = plainEvent(this.event);
      this.emit({ type: 'send', to: RELATIVE + key, name, ...(data === undefined ? {} : { data }) });
    }
  }

  /** Throws Undone, and then nothing of it counts. */
  react(plan: Plan): void {
    const move = this.#select(plan);
    if (move !== undefined) this.#take(move, this.event.type);
    // An error that nothing takes is for the caller to deal with, before anything else goes on.
    else if (this.#queue === undefined && isErrorEvent(this.event.type)) return;
    if (this.configuration.hasAlways || this.#queue !== undefined || this.#invoking !== undefined)
      this.#settle();
  }

  /** Eventless transitions first, then raised events, until there is neither. */
  #settle(): void {
    const { asksAgain } = this.configuration.space.dialect;
    let eventless = true;
    let steps = 0;
    while (!this.done) {
      if (steps > MAX_MICROSTEPS) this.#runaway(`${MAX_MICROSTEPS} microsteps`);
      const { configuration, context } = this;
      const move =
        eventless && configuration.hasAlways ? this.#select(eventlessPlan(configuration)) : undefined;
      if (move !== undefined) {
        this.#take(move, undefined);
        steps++;
        // One that changed nothing would be chosen for ever; XState asks again only after a change.
        eventless = asksAgain || this.configuration !== configuration || this.context !== context;
        continue;
      }
      const event = this.#queue?.shift();
      if (event === undefined) {
        this.#invoke();
        if (this.#queue === undefined || this.#queue.length === 0) return;
        continue;
      }
      // What nothing takes raises nothing, so that it cannot go round: ends of thousands of regions may pass.
      if (this.#raised(event)) steps++;
      eventless = true;
    }
    // At its end the machine takes nothing any more, what failed on the way there included.
    if (this.#faults !== undefined && this.configuration.space.undoes) this.#undoLeft(this.#faults);
  }

  #undoLeft(faults: readonly Fault[]): void {
    const left = faults.find(({ event }) => this.#queue?.includes(event));
    if (left !== undefined) throw new Undone(left.problem, left.cause);
  }

  /** Whether a transition took it. */
  #raised(event: MachineEvent): boolean {
    this.#at(event);
    const move = this.#select(planFor(this.configuration, event.type));
    const fault =
      event.type === EXECUTION_ERROR ? this.#faults?.find((known) => known.event === event) : undefined;
    if (move !== undefined) this.#take(move, event.type);
    else if (fault !== undefined && this.configuration.space.undoes)
      throw new Undone(fault.problem, fault.cause);
    return move !== undefined;
  }

  /** Undefined where nothing is taken. */
  #select(plan: Plan): Move | undefined {
    let at = plan;
    while (at.asks !== undefined) at = this.#allows(at.asks) ? at.yes() : at.no();
    return at.move;
  }

  #allows(transition: Transition): boolean {
    const { guard } = transition;
    if (guard === undefined) return true;
    try {
      return guard.allows(this);
    } catch (error) {
      const { chart, label, source } = transition;
      const state = source.parent === undefined ? 'the machine' : `"${source.path}"`;
      this.failed(error, `guard of ${label} in ${state}`, chart.guard?.path ?? chart.path);
      return false;
    }
  }

  allows(guard: Guard, place: string, path: string): boolean {
    try {
      return guard.allows(this);
    } catch (error) {
      if (error instanceof Undone) throw error;
      this.failed(error, `a guard in ${place}`, path);
      return false;
    }
  }

  /** SCXML D: mainEventLoop invokes in entry order, and only in states that the macrostep did not leave. */
  #invoke(): void {
    const states = this.#invoking;
    if (states === undefined) return;
    this.#invoking = undefined;
    for (const node of this.configuration.active) {
      if (states.has(node)) for (const op of node.invokes) this.#block([op]);
    }
  }

  #block(ops: readonly Op[]): void {
    if (ops.length > 0) this.#do(new Work([ops]));
  }

  #take(move: Move, event: string | undefined): void {
    this.moved = true;
    if (this.#taken !== undefined) this.#taken.push({ event, move });
    this.#do(move);
    if (this.done && move.ending !== undefined) this.#do(move.ending);
    this.configuration = move.to;
    this.#marked = undefined;
    this.#ids = undefined;
    // Asked first: a loop over a frozen list takes its time even where there is nothing in it.
    if (move.invoking.length > 0) this.#invoking = new Set([...(this.#invoking ?? []), ...move.invoking]);
  }

  #do({ ops, blockEnds, effects }: Work): void {
    if (ops.length === 0 && effects.length > 0) this.#emitAll(effects);
    for (let i = 0; i < ops.length; i++) {
      const op = ops[i];
      if (op === undefined) continue;
      try {
        op.perform(this);
      } catch (error) {
        if (error instanceof Undone) throw error;
        this.failed(error, op.place, op.path);
        i = (blockEnds[i] ?? i + 1) - 1;
      }
    }
  }

  failed(error: unknown, place: string, path: string): void {
    if (error instanceof Undone) throw error;
    const { name, message, problem } = failure(error, place, path);
    const told = error instanceof ActionError ? error.told : {};
    const event = { type: EXECUTION_ERROR, ...told, error: { name, message } };
    this.#faults ??= [];
    this.#faults.push({ event, problem, cause: error });
    this.raise(event);
  }

  #runaway(limit: string): never {
    throw new Undone({
      code: 'too-many-microsteps',
      message: `more than ${limit} in one event, at last in "${whereabouts(this.configuration)}"`,
      path: '',
      hint: 'look for transitions under "always", or raised events, that lead round in a circle',
    });
  }

  #emitAll(effects: readonly MachineEffect[]): void {
    if (this.effects === NO_EFFECTS && effects.length <= MAX_EFFECTS) this.effects = effects;
    else for (const effect of effects) this.emit(effect);
  }

  #at(event: MachineEvent): void {
    this.event = event;
    this.#scope = undefined;
    this.#plain = undefined;
  }

  scope(): Scope {
    this.#scope ??= { context: this.context, event: this.event };
    return this.#scope;
  }

  evaluate(template: Template): unknown {
    return template.evaluate(this.#input(), this.surroundings());
  }

  find(template: Template): unknown {
    return template.find(this.#input(), this.surroundings());
  }

  #input(): Json {
    const { dialect } = this.configuration.space;
    this.#plain ??= { context: this.context, event: dialect.seen(this.event) } as unknown as Json;
    return this.#plain;
  }

  surroundings(): Surroundings {
    this.#surroundings ??= surroundings(this.#origin, this);
    return this.#surroundings;
  }

  isIn(index: number): boolean {
    if (this.#marked !== undefined) return this.#marked.has(index);
    const { from, to } = spanOf(this.configuration.active, index, index);
    return from < to;
  }

  active(): readonly string[] {
    this.#ids ??= Array.from(this.#marked?.values() ?? this.configuration.active, ({ id }) => id);
    return this.#ids;
  }

  mark(node: ActiveState, isActive: boolean): void {
    this.#marked ??= new Map(this.configuration.active.map((state) => [state.index, state]));
    if (isActive) this.#marked.set(node.index, node);
    else this.#marked.delete(node.index);
    this.#ids = undefined;
  }

  get instance(): string | undefined {
    return this.#origin?.instance;
  }

  /** Without an instance there is nobody who could not be told. */
  knows(address: string): boolean {
    return this.#origin === undefined || isKnown(address, this.#origin, this);
  }

  unique(): string {
    return `${this.#origin?.revision ?? 0}.${this.#made++}`;
  }

  within(event: MachineEvent, producer: Producer): unknown {
    const before = this.event;
    this.#at(event);
    try {
      return producer(this, undefined);
    } finally {
      this.#at(before);
    }
  }

  assign(context: Context): void {
    this.context = context;
    this.#scope = undefined;
    this.#plain = undefined;
  }

  emit(effect: MachineEffect): void {
    if (this.#own === undefined) {
      this.#own = [...this.effects];
      this.effects = this.#own;
    }
    this.#own.push(effect);
    if (this.#own.length > MAX_EFFECTS) {
      const message = `more than ${MAX_EFFECTS} effects of one event`;
      throw new Undone({ code: 'too-many-effects', message, path: '' });
    }
  }

  raise(event: MachineEvent): void {
    if (this.#queue === undefined) this.#queue = [event];
    else this.#queue.push(event);
    if (this.#queue.length > MAX_RAISED) this.#runaway(`${MAX_RAISED} raised events`);
  }

  finish(output: unknown): void {
    this.done = true;
    this.output = output;
  }
}
