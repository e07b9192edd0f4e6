import { toJson } from '../core/json.js';
import type { Implementations } from '../core/language.js';
import { assignmentOf } from './assign.js';
import { assignFields, assignWhole } from './assignment.js';
import { ContextShape } from './context-shape.js';
import { invokeId } from './link.js';
import type { MachineEffect } from './machine-effect.js';
import { delayOver, type MachineEvent, stateDone } from './machine-event.js';
import type { StateNode, Transition } from './node.js';
import type { Guard, Op, Producer, Scope } from './run.js';
import type {
  ChartAction,
  ChartAssign,
  ChartGuard,
  ChartInvoke,
  ChartNamed,
  ChartRaise,
  ChartSend,
  FunctionTemplate,
  Template,
} from './schema/chart.js';
import { type Findings, join } from './schema/findings.js';
import { readTemplate } from './schema/template.js';

/** A function of a machine: a guard, a field of an assign, an input, an output. */
export type ScopeFunction = (scope: Scope, params: unknown) => unknown;

/** Turns what was read into closures, with the functions that a machine was given. */
export class Binder {
  readonly shape = new ContextShape();
  readonly #findings: Findings;
  readonly #guards: Readonly<Record<string, unknown>>;
  readonly #actions: Readonly<Record<string, unknown>>;
  readonly #functions: Readonly<Record<string, unknown>>;
  readonly #tasks = new Set<string>();
  #hasFunctions = false;

  constructor(implementations: Implementations, findings: Findings) {
    this.#findings = findings;
    this.#guards = implementations.guards ?? {};
    this.#actions = implementations.actions ?? {};
    this.#functions = implementations.functions ?? {};
  }

  /** The names that handlers are asked for. */
  get tasks(): readonly string[] {
    return [...this.#tasks];
  }

  /** Whether any value comes from a function, and so need not be JSON. */
  get hasFunctions(): boolean {
    return this.#hasFunctions;
  }

  bind(node: StateNode): void {
    const { chart } = node;
    if (chart.entry.length > 0) node.entry = this.#ops(chart.entry, `entry of ${name(node)}`);
    if (chart.exit.length > 0) node.exit = this.#ops(chart.exit, `exit of ${name(node)}`);
    if (chart.after.length > 0) this.#delays(node);
    if (chart.invoke.length > 0) this.#invokes(node);
    if (chart.initial !== undefined && chart.initial.actions.length > 0) {
      node.initialOps = this.#ops(chart.initial.actions, `"initial" of ${name(node)}`);
    }
    for (const transitions of node.on.values()) for (const t of transitions) this.#transition(t);
    for (const transition of node.always) this.#transition(transition);
  }

  #delays(node: StateNode): void {
    const { after, path } = node.chart;
    const place = `"after" of ${name(node)}`;
    const delays = after.map(({ key, delayMs }) => ({ key: delayOver(key, node.id), delayMs }));
    node.begins = delays.map(({ key, delayMs }) => constant({ type: 'timer', key, delayMs }, place, path));
    node.ends = delays.map(({ key }) => constant({ type: 'cancel', kind: 'timer', key }, place, path));
  }

  #invokes(node: StateNode): void {
    const tasks = node.chart.invoke.map((invoke, index) => {
      const key = invokeId(node, invoke, index);
      return { invoke, key, place: `invoke ${key} of ${name(node)}` };
    });
    const starts = tasks.map(({ invoke, key, place }) => this.#invoke(invoke, key, place));
    const cancels = tasks.map(({ invoke, key, place }) => {
      return constant({ type: 'cancel', kind: 'task', key }, place, invoke.path);
    });
    node.begins = [...node.begins, ...starts];
    node.ends = [...node.ends, ...cancels];
  }

  /** What entering a final state does at last. `root` has the machine's own output. */
  done(node: StateNode, root: StateNode): Op {
    const place = `output of ${name(node)}`;
    const output = node.chart.output === undefined ? undefined : this.producer(node.chart.output);
    const { parent } = node;
    if (parent === undefined || parent === root) return this.#finish(node, root, output);
    const type = stateDone(parent.id);
    const perform: Op['perform'] = (run) => run.raise(doneEvent(type, output?.(run, undefined)));
    return { perform, effect: undefined, place, path: node.chart.path };
  }

  /** The machine's output sees its final state's as `event.output`; without one, it is the final state's (a deviation from XState, where that is lost). */
  #finish(node: StateNode, root: StateNode, output: Producer | undefined): Op {
    const type = stateDone(node.parent?.id ?? node.id);
    const whole = root.chart.output === undefined ? undefined : this.producer(root.chart.output);
    return {
      perform: (run) => {
        const own = output?.(run, undefined);
        run.finish(whole === undefined ? own : run.within(doneEvent(type, own), whole));
      },
      effect: undefined,
      place: whole === undefined ? `output of ${name(node)}` : 'output of the machine',
      path: root.chart.output === undefined ? node.chart.path : '/output',
    };
  }

  #transition(transition: Transition): void {
    const { chart, source, label } = transition;
    if (chart.actions.length > 0) {
      transition.ops = this.#ops(chart.actions, `transition ${label} of ${name(source)}`);
    }
    if (chart.guard !== undefined) transition.guard = this.#guard(chart.guard);
  }

  #guard(guard: ChartGuard): Guard {
    if (guard.kind === 'expression') {
      const { template } = guard;
      return (run) => {
        const result = run.find(template);
        if (typeof result === 'boolean') return result;
        if (result === undefined) return false;
        throw new Error(`a guard must be true or false, not ${JSON.stringify(result)?.slice(0, 100)}`);
      };
    }
    const fn = this.#implementation(this.#guards, guard.name, 'guard', guard.path);
    const params = guard.params === undefined ? undefined : this.producer(guard.params);
    return (run) => {
      const result = fn(run.scope(), params?.(run, undefined));
      if (typeof result === 'object' && result !== null && 'then' in result) {
        throw new Error('a guard may not be asynchronous: what does I/O is a task');
      }
      return Boolean(result);
    };
  }

  #ops(actions: readonly ChartAction[], place: string): readonly Op[] {
    return actions.map((action) => this.#op(action, place));
  }

  #op(action: ChartAction, place: string): Op {
    const { path } = action;
    switch (action.kind) {
      case 'assign':
        return { perform: this.#assign(action, undefined), effect: undefined, place, path };
      case 'raise':
        return { perform: this.#raise(action), effect: undefined, place, path };
      case 'send':
        return { perform: this.#send(action), effect: undefined, place, path };
      default:
        return this.#named(action, place);
    }
  }

  #assign({ fields }: ChartAssign, params: Producer | undefined): Op['perform'] {
    if ('kind' in fields) return assignWhole(this.producer(fields), params, this.shape);
    return assignFields(
      fields.map(([key, template]) => [key, this.producer(template)] as const),
      params,
      this.shape,
    );
  }

  /** An action implemented by `assign(…)`. */
  #pure(action: object, params: Producer | undefined, path: string): Op['perform'] {
    const { assign } = action as { readonly assign?: unknown };
    this.#hasFunctions = true;
    if (typeof assign === 'function') return assignWhole(given(assign as ScopeFunction), params, this.shape);
    if (typeof assign === 'object' && assign !== null) {
      const fields = Object.entries(assign).map(([key, value]: [string, unknown]) => {
        return [key, this.#given(value, join(path, key))] as const;
      });
      return assignFields(fields, params, this.shape);
    }
    const message = 'the implementation of an action is a function or assign({ … })';
    this.#findings.add({ code: 'wrong-type', message, path });
    return () => {};
  }

  /** A field's value as a program gave it. */
  #given(value: unknown, path: string): Producer {
    if (typeof value === 'function') return given(value as ScopeFunction);
    const json = toJson(value);
    const template = 'value' in json ? readTemplate(this.#findings, json.value, path) : undefined;
    if ('problem' in json) this.#findings.add({ ...json.problem, path: path + json.problem.path });
    return template === undefined ? () => null : this.producer(template);
  }

  #raise({ type, data }: ChartRaise): Op['perform'] {
    if (data === undefined) {
      const event: MachineEvent = Object.freeze({ type });
      return (run) => run.raise(event);
    }
    const produce = this.producer(data);
    return (run) => run.raise({ type, data: produce(run, undefined) });
  }

  #send({ type, to, data }: ChartSend): Op['perform'] {
    const target = this.producer(to);
    const produce = data === undefined ? undefined : this.producer(data);
    return (run) => {
      const instance = target(run, undefined);
      if (typeof instance !== 'string' || instance === '') {
        throw new Error(
          `"to" must give the id of an instance, not ${JSON.stringify(instance)?.slice(0, 100)}`,
        );
      }
      const sent = { type: 'send', to: instance, name: type } as const;
      run.emit(produce === undefined ? sent : { ...sent, data: produce(run, undefined) });
    };
  }

  /** An assign that was given as the implementation of a name is run in the step; everything else is an effect. */
  #named(action: ChartNamed, place: string): Op {
    const { name, path } = action;
    const params = action.params === undefined ? undefined : this.producer(action.params);
    const named = Object.hasOwn(this.#actions, name) ? this.#actions[name] : undefined;
    const implementation = assignmentOf(named) ?? named;
    if (typeof implementation === 'object' && implementation !== null) {
      return { perform: this.#pure(implementation, params, path), effect: undefined, place, path };
    }
    this.#tasks.add(name);
    // A function written for XState takes ({ context, event }, params); other handlers take their params alone.
    const whole = typeof implementation === 'function';
    if (!whole && action.params?.kind === 'constant') {
      return constant({ type: 'task', ask: false, name, input: action.params.value }, place, path);
    }
    const input: Producer =
      params === undefined
        ? (run) => ({ context: run.context, event: run.event })
        : whole
          ? (run) => ({ context: run.context, event: run.event, params: params(run, undefined) })
          : params;
    const perform: Op['perform'] = (run) =>
      run.emit({ type: 'task', ask: false, name, input: input(run, undefined) });
    return { perform, effect: undefined, place, path };
  }

  #invoke(invoke: ChartInvoke, key: string, place: string): Op {
    this.#tasks.add(invoke.src);
    const timeout = invoke.timeoutMs === undefined ? {} : { timeoutMs: invoke.timeoutMs };
    const effect = { type: 'task', ask: true, key, name: invoke.src, input: null, ...timeout } as const;
    if (invoke.input === undefined) return constant(effect, place, invoke.path);
    if (invoke.input.kind === 'constant') {
      return constant({ ...effect, input: invoke.input.value }, place, invoke.path);
    }
    const input = this.producer(invoke.input);
    const perform: Op['perform'] = (run) => run.emit({ ...effect, input: input(run, undefined) });
    return { perform, effect: undefined, place, path: invoke.path };
  }

  producer(template: Template): Producer {
    switch (template.kind) {
      case 'constant': {
        const { value } = template;
        return () => value;
      }
      case 'expression': {
        const expressions = template.template;
        return (run) => run.evaluate(expressions);
      }
      default: {
        return given(this.function(template));
      }
    }
  }

  function({ name, path }: FunctionTemplate): ScopeFunction {
    this.#hasFunctions = true;
    return this.#implementation(this.#functions, name, 'function', path);
  }

  #implementation(
    among: Readonly<Record<string, unknown>>,
    name: string,
    what: string,
    path: string,
  ): ScopeFunction {
    const fn = Object.hasOwn(among, name) ? among[name] : undefined;
    if (typeof fn === 'function') return fn as ScopeFunction;
    const message =
      fn === undefined
        ? `there is no implementation of the ${what} ${JSON.stringify(name)}`
        : `the implementation of the ${what} ${JSON.stringify(name)} is no function`;
    const hint = 'hand it to createMachine, or write an expression: "{% … %}"';
    this.#findings.add({ code: 'missing-implementation', message, path, hint });
    return () => undefined;
  }
}

function doneEvent(type: string, output: unknown): MachineEvent {
  return output === undefined ? { type } : { type, output };
}

function given(fn: ScopeFunction): Producer {
  return (run, params) => fn(run.scope(), params);
}

/** An op that makes one effect, always the same. */
function constant(effect: MachineEffect, place: string, path: string): Op {
  Object.freeze(effect);
  return { perform: (run) => run.emit(effect), effect, place, path };
}

function name(node: StateNode): string {
  return node.parent === undefined ? 'the machine' : `"${node.path}"`;
}
