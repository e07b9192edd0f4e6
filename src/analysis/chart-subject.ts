import { isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import type { Step } from '../core/language.js';
import { valueAt } from '../core/pointer.js';
import type { Problem } from '../core/problem.js';
import type { StatechartProgram } from '../statechart/compile.js';
import { statechart } from '../statechart/language.js';
import { isReserved } from '../statechart/machine-event.js';
import type { StateNode, Transition } from '../statechart/node.js';
import { eventProblems, inputProblems } from '../statechart/schemas.js';
import { storedState } from '../statechart/stored-state.js';
import { Hints } from './hints.js';
import type { TaskResult } from './samples.js';
import { schemaSample } from './schema-sample.js';
import type { Asking, Inventory, Subject } from './subject.js';

/** How a task fails of which nothing else is known. */
const FAILURE: TaskResult = { error: 'Failure', cause: 'as an exploration has it' };

/** A statechart as an explorer sees it. Values are made of what its expressions compare them with. */
export class ChartSubject implements Subject {
  readonly language = statechart;
  readonly program: StatechartProgram;
  readonly inventory: Inventory;
  readonly inputs: readonly Json[];
  readonly #source: Json;
  /** What the transitions for an event of the machine's own are called, and what is invoked. */
  readonly #labels = new Map<string, string>();
  readonly #payloads = new Map<string, readonly Json[]>();
  /** By pointer, where transitions lead. */
  readonly #targets = new Map<string, readonly StateNode[]>();

  constructor(program: StatechartProgram, source: Json) {
    this.program = program;
    this.#source = source;
    this.inventory = inventoryOf(program);
    const hints = new Hints();
    hints.readSource(valueAt(source, '/context'));
    const input = program.schemas && own(program.schemas, 'input');
    this.inputs = fitting(hints.below(['input']), input, (value) => inputProblems(program, value));
    for (const { on, always } of program.nodes) {
      for (const { chart, targets } of always) this.#targets.set(chart.path, targets);
      for (const { transition } of on) this.#targets.set(transition.chart.path, transition.targets);
    }
    for (const [name, label] of ownEvents(program)) this.#labels.set(name, label);
    for (const [id, label] of invocations(program)) this.#labels.set(id, label);
  }

  /** What is waited for is kept by the effects' ids, which tell nothing. */
  essence(state: Json): Json {
    const { pending, ...rest } = storedState(state);
    if (pending === undefined) return rest as unknown as JsonObject;
    const waiting = Object.values(pending).map((value) => JSON.stringify(value));
    return { ...rest, pending: waiting.sort() } as unknown as JsonObject;
  }

  sight(state: Json): Readonly<Record<string, Json>> {
    const { value, context, output } = statechart.view(state);
    return { value, context, output };
  }

  payloads(event: string): readonly Json[] {
    const known = this.#payloads.get(event);
    if (known !== undefined) return known;
    const read = this.#read((transition) => this.#isFor(transition, event), ['event', 'data']);
    const schema = this.program.events && own(this.program.events, event);
    const payloads = fitting(read, schema, (value) => eventProblems(this.program, event, value));
    this.#payloads.set(event, payloads);
    return payloads;
  }

  results(asked: Asking, name: string): readonly TaskResult[] {
    if (asked.type === 'timer') return [];
    const { events } = this.program.space.dialect;
    const ids = new Set([name, ...[...this.#labels].flatMap(([id, label]) => (label === name ? id : []))]);
    const isMeant = (transition: Transition) =>
      [...ids].some((id) => this.#isFor(transition, events.taskDone(id)));
    const outputs = this.#read(isMeant, ['event', 'output']);
    const done = (outputs.length === 0 ? [null] : outputs).map((output): TaskResult => ({ output }));
    return [...done, FAILURE];
  }

  nameOf({ id, type }: Asking, { history }: Step): string {
    const told = history.find(({ data }) => data['effect'] === id)?.data ?? {};
    const name = own(told, type === 'timer' ? 'timer' : 'id') ?? own(told, 'event') ?? own(told, 'name');
    return this.#labels.get(String(name)) ?? String(name);
  }

  taken({ taken = [] }: Step): readonly string[] {
    return taken;
  }

  /** Those that are active in the end, and the targets of what was taken on the way. */
  states(step: Step): readonly string[] {
    const states = new Set(statechart.active(this.program, step.state));
    for (const pointer of step.taken ?? []) {
      for (const target of this.#targets.get(pointer) ?? []) {
        for (let node: StateNode | undefined = target; node?.parent !== undefined; node = node.parent) {
          if (node.type !== 'history') states.add(node.path);
        }
      }
    }
    return [...states];
  }

  /** What is read below these keys by transitions, and as the states are entered that they lead to. */
  #read(isMeant: (transition: Transition) => boolean, keys: readonly string[]): readonly Json[] {
    const hints = new Hints();
    for (const { on } of this.program.nodes) {
      for (const { transition } of on) {
        if (!isMeant(transition)) continue;
        hints.readSource(valueAt(this.#source, transition.chart.path));
        for (const { chart } of transition.targets) {
          for (const part of ['entry', 'invoke', 'output']) {
            hints.readSource(valueAt(this.#source, `${chart.path}/${part}`));
          }
        }
      }
    }
    return hints.below(keys);
  }

  #isFor({ source, chart }: Transition, event: string): boolean {
    const { dialect } = this.program.space;
    return source.on.some(({ descriptors, transition }) => {
      return transition.chart === chart && descriptors.some((text) => dialect.matches(text, event));
    });
  }
}

/**
 * Of values that expressions ask for, those that a schema allows, filled up with what else it wants; and the least that
 * it allows. Where nothing is made up that it does, that least all the same: there is none better.
 */
function fitting(
  values: readonly Json[],
  schema: Json | undefined,
  problems: (value: Json) => readonly Problem[],
): readonly Json[] {
  if (schema === undefined || schema === null) return values;
  const least = schemaSample(schema);
  const filled = values.map((value) =>
    isJsonObject(value) && isJsonObject(least) ? { ...least, ...value } : value,
  );
  const allowed = [...filled, least].filter((value) => problems(value).length === 0);
  return allowed.length > 0 ? allowed : [least];
}

/** By its name, what an event of the machine's own is called; with its state where others are called the same. */
function* ownEvents({ nodes }: StatechartProgram): Iterable<readonly [string, string]> {
  const found = new Map<string, Transition>();
  for (const { on } of nodes) {
    for (const { descriptors, transition } of on) {
      for (const descriptor of descriptors) if (isReserved(descriptor)) found.set(descriptor, transition);
    }
  }
  const uses = new Map<string, number>();
  for (const { label } of found.values()) uses.set(label, (uses.get(label) ?? 0) + 1);
  for (const [name, { label, source }] of found) {
    yield [name, uses.get(label) === 1 ? label : `${label} of ${source.path || 'the machine'}`];
  }
}

/** By its id, what an invocation is called: one without an id of its own by what it invokes, if nothing else does. */
function* invocations({ nodes, space: { dialect } }: StatechartProgram): Iterable<readonly [string, string]> {
  const all = nodes.flatMap((node) => node.chart.invoke.map((invoke, n) => ({ node, invoke, n })));
  for (const { node, invoke, n } of all) {
    const isOnly = all.every((other) => other.invoke === invoke || other.invoke.src !== invoke.src);
    const id = invoke.id ?? dialect.invokeId(node.id, n);
    yield [id, invoke.id ?? (isOnly ? invoke.src : id)];
  }
}

function inventoryOf({ nodes }: StatechartProgram): Inventory {
  const transitions = new Map<string, string>();
  const events = new Set<string>();
  for (const node of nodes) {
    for (const { transition } of node.on) transitions.set(transition.chart.path, describe(transition));
    for (const transition of node.always) transitions.set(transition.chart.path, describe(transition));
    for (const { descriptors } of node.chart.on) {
      for (const descriptor of descriptors) if (!isReserved(descriptor)) events.add(descriptor);
    }
  }
  const states = nodes.filter((node) => node.parent !== undefined && node.type !== 'history');
  return { states: states.map(({ path }: StateNode) => path), transitions, events: [...events] };
}

function describe({ source, label, targets }: Transition): string {
  const from = source.parent === undefined ? 'the machine' : `"${source.path}"`;
  const to = targets.map(({ path }) => `"${path}"`).join(', ');
  return `${label} of ${from}${to === '' ? '' : ` to ${to}`}`;
}
