import type { Implementations } from '../../core/language.js';
import { ContextShape } from '../context-shape.js';
import type { Dialect } from '../dialect.js';
import { invokeId } from '../link.js';
import type { MachineEvent } from '../machine-event.js';
import type { StateNode, Transition } from '../node.js';
import type { Op, Producer, Run } from '../run.js';
import type { ChartDelay, ChartInvoke } from '../schema/chart.js';
import type { Findings } from '../schema/findings.js';
import { Actions, constant, durationOf } from './actions.js';
import { bindGuard, type FindState } from './guards.js';
import { invocation } from './invocation.js';
import { Values } from './values.js';

/** Turns what was read into closures, with the functions that a machine was given. */
export class Binder {
  readonly shape = new ContextShape();
  readonly values: Values;
  readonly #actions: Actions;
  readonly #root: StateNode;
  readonly #find: FindState;
  readonly #dialect: Dialect;
  readonly #events: Dialect['events'];

  constructor(
    implementations: Implementations,
    findings: Findings,
    root: StateNode,
    find: FindState,
    dialect: Dialect,
  ) {
    this.values = new Values(implementations, findings);
    this.#actions = new Actions(this.values, this.shape, find);
    this.#root = root;
    this.#find = find;
    this.#dialect = dialect;
    this.#events = dialect.events;
  }

  /** The names that handlers are asked for. */
  get tasks(): readonly string[] {
    return [...this.#actions.tasks];
  }

  /** Whether actions have conditions. */
  get asks(): boolean {
    return this.#actions.asks;
  }

  bind(node: StateNode): void {
    const { chart } = node;
    const ops = (actions: typeof chart.entry, place: string) =>
      this.#actions.ops(actions, `${place} of ${name(node)}`);
    if (chart.entry.length > 0) node.entry = ops(chart.entry, 'entry');
    if (chart.exit.length > 0) node.exit = ops(chart.exit, 'exit');
    if (chart.after.length > 0) this.#delays(node);
    if (chart.invoke.length > 0) this.#invokes(node);
    if (chart.initial !== undefined && chart.initial.actions.length > 0) {
      node.initialOps = ops(chart.initial.actions, '"initial"');
    }
    for (const { transition } of node.on) this.#transition(transition);
    for (const transition of node.always) this.#transition(transition);
    if (node.type === 'final') this.#final(node);
    if (node.type === 'parallel') this.#parallel(node);
  }

  #delays(node: StateNode): void {
    const { after, path } = node.chart;
    const place = `"after" of ${name(node)}`;
    const keyOf = (delay: ChartDelay) => this.#events.delayOver(delay.key, node.id);
    node.begins = after.map((one): Op => {
      const timer = { type: 'timer', key: keyOf(one) } as const;
      if (one.delay === undefined) return constant({ ...timer, delayMs: one.delayMs ?? 0 }, place, path);
      const length = durationOf(this.values.producer(one.delay));
      const perform: Op['perform'] = (run) => run.emit({ ...timer, delayMs: length(run) });
      return { perform, place, path };
    });
    node.ends = after.map((one) => constant({ type: 'cancel', kind: 'timer', key: keyOf(one) }, place, path));
  }

  #invokes(node: StateNode): void {
    const invoked = node.chart.invoke.map((invoke, index) => {
      const key = invokeId(node, invoke, index, this.#dialect);
      return { invoke, key, place: `invoke ${key} of ${name(node)}` };
    });
    const starts = invoked.map(({ invoke, key, place }) => this.#invoke(invoke, key, place));
    const cancels = invoked.map(({ invoke, key, place }) => {
      const kind = invoke.kind === 'machine' ? 'child' : 'task';
      return constant({ type: 'cancel', kind, key }, place, invoke.path);
    });
    if (this.#dialect.invokesAtOnce) node.begins = [...node.begins, ...starts];
    else node.invokes = starts;
    node.ends = [...node.ends, ...cancels];
    node.finalizes = invoked.flatMap(({ invoke: { finalize }, key, place }) =>
      finalize.length === 0 ? [] : [{ key, ops: this.#actions.ops(finalize, `finalize of ${place}`) }],
    );
    node.forwards = invoked.flatMap(({ invoke: { forward }, key }) =>
      forward.map((descriptor) => ({ key, descriptor })),
    );
  }

  #invoke(invoke: ChartInvoke, key: string, place: string): Op {
    const { path } = invoke;
    if (invoke.kind === 'task') this.#actions.tasks.add(invoke.src);
    const isPlain = [invoke.machine, invoke.params].every((template) => template === undefined);
    if (isPlain && invoke.actions.length === 0) {
      if (invoke.input === undefined) return constant(invocation(invoke, key, null), place, path);
      if (invoke.input.kind === 'constant')
        return constant(invocation(invoke, key, invoke.input.value), place, path);
    }
    const input = this.#input(invoke);
    const machine = this.values.optional(invoke.machine);
    const ops = this.#actions.ops(invoke.actions, place);
    const perform: Op['perform'] = (run) => {
      for (const op of ops) op.perform(run);
      const effect = invocation(invoke, key, null);
      const named =
        machine === undefined ? effect : { ...effect, machine: machineName(machine(run, undefined)) };
      run.emit({ ...named, input: input(run) });
    };
    return { perform, place, path };
  }

  #input({ input, params }: ChartInvoke): (run: Run) => unknown {
    const [whole, settled] = [this.values.optional(input), this.values.optional(params)];
    return (run) => {
      const given = whole?.(run, undefined) ?? null;
      const rest = settled?.(run, undefined);
      return rest === undefined ? given : { ...(given as object | null), ...(rest as object) };
    };
  }

  #transition(transition: Transition): void {
    const { chart, source, label } = transition;
    if (chart.actions.length > 0) {
      const place = `transition ${label} of ${name(source)}`;
      transition.ops = this.#actions.ops(chart.actions, place);
    }
    if (chart.guard !== undefined) transition.guard = bindGuard(chart.guard, this.values, this.#find);
  }

  /** A final state tells its parent, or ends the machine. */
  #final(node: StateNode): void {
    const output = this.values.optional(node.chart.output);
    const { parent } = node;
    if (parent === this.#root) {
      node.finish = this.#finish(node, output);
    } else if (parent?.type === 'compound') {
      const type = this.#events.stateDone(parent.id);
      const perform: Op['perform'] = (run) => run.raise(doneEvent(type, output?.(run, undefined)));
      node.done = { perform, place: `output of ${name(node)}`, path: node.chart.path };
    }
  }

  /** A parallel state tells when all of its regions are done; where it is the machine, that is its end. */
  #parallel(node: StateNode): void {
    if (node === this.#root) node.finish = this.#finish(node, undefined);
    const event = Object.freeze({ type: this.#events.stateDone(node.id) });
    const perform: Op['perform'] = (run) => run.raise(event);
    node.done = { perform, place: name(node), path: node.chart.path };
  }

  /** The machine's output sees its final state's as `event.output`; without one, it is the final state's (a deviation from XState, where that is lost). */
  #finish(node: StateNode, output: Producer | undefined): Op {
    const type = this.#events.stateDone((node.parent ?? node).id);
    const { chart } = this.#root;
    const whole = this.values.optional(chart.output);
    return {
      perform: (run) => {
        const own = output?.(run, undefined);
        run.finish(whole === undefined ? own : run.within(doneEvent(type, own), whole));
      },
      place: whole === undefined ? `output of ${name(node)}` : 'output of the machine',
      path: chart.output === undefined ? node.chart.path : '/output',
    };
  }
}

function machineName(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`"machine" must give the name of a machine, not ${JSON.stringify(value)?.slice(0, 100)}`);
}

function doneEvent(type: string, output: unknown): MachineEvent {
  return output === undefined ? { type } : { type, output };
}

function name(node: StateNode): string {
  return node.parent === undefined ? 'the machine' : `"${node.path}"`;
}
