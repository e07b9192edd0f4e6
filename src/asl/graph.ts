import type { Graph, GraphEdge, GraphEdgeKind, GraphNode, GraphShape } from '../core/graph.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import { ruleWords } from './rule-words.js';

/**
 * The states of a workflow and where they lead, for drawing: the branches of a Parallel state and what a Map does with
 * each item stand within it. A state's id is its name, which is unique over the whole machine; whatever ends leads to
 * an end of the machine, branch or item that it is in.
 */
export function graphOf(source: Json): Graph {
  const drawing = new Drawing();
  drawing.add({ id: ROOT, name: '', type: 'StateMachine', shape: 'group', notes: [] });
  drawing.states(source, ROOT);
  return drawing;
}

const ROOT = '';

const SHAPES: ReadonlyMap<string, GraphShape> = new Map([
  ['Choice', 'choice'],
  ['Succeed', 'final'],
  ['Fail', 'final'],
  ['Parallel', 'parallel'],
  ['Map', 'group'],
]);

class Drawing implements Graph {
  readonly nodes: GraphNode[] = [];
  readonly edges: GraphEdge[] = [];
  readonly #ids = new Set<string>();

  add(node: GraphNode): void {
    this.#ids.add(node.id);
    this.nodes.push(node);
  }

  /** Everything under `States`, in a node; nothing where it is none. Each name is drawn once. */
  states(machine: Json | undefined, parent: string): void {
    const states = isJsonObject(machine) ? own(machine, 'States') : undefined;
    if (!isJsonObject(machine) || !isJsonObject(states)) return;
    const named = Object.keys(states).flatMap((name) => {
      const state = own(states, name);
      return isJsonObject(state) && !this.#ids.has(name) ? [[name, state] as const] : [];
    });
    // First the names, so that what is made up below takes none of them.
    for (const [name] of named) this.#ids.add(name);
    const startAt = textAt(machine, 'StartAt');
    if (startAt !== undefined) this.#edge(parent, startAt, '', 'initial');
    for (const [name, state] of named) this.#state(name, state, parent);
    const ends = named.filter(([, state]) => own(state, 'End') === true);
    if (ends.length === 0) return;
    const end = this.#free(`${parent}/End`);
    this.add({ id: end, parent, name: '', type: 'End', shape: 'end', notes: [] });
    for (const [name] of ends) this.#edge(name, end);
  }

  #state(name: string, state: JsonObject, parent: string): void {
    const type = textAt(state, 'Type') ?? '';
    const shape = SHAPES.get(type) ?? 'state';
    this.add({ id: name, parent, name, type, shape, notes: notesOf(type, state) });
    this.#leading(name, state);
    if (type === 'Parallel') {
      for (const [i, branch] of listAt(state, 'Branches').entries()) {
        const id = this.#free(`${name}/Branches/${i}`);
        this.add({ id, parent: name, name: `branch ${i + 1}`, type: 'Branch', shape: 'group', notes: [] });
        this.states(branch, id);
      }
    }
    if (type === 'Map') this.states(own(state, 'ItemProcessor') ?? own(state, 'Iterator'), name);
  }

  /** Next, the rules of a Choice, what is tried again, and what is caught. */
  #leading(name: string, state: JsonObject): void {
    this.#next(name, state, 'Next', '');
    for (const rule of listAt(state, 'Choices')) {
      if (isJsonObject(rule)) this.#next(name, rule, 'Next', ruleWords(rule));
    }
    this.#next(name, state, 'Default', 'otherwise');
    for (const retrier of listAt(state, 'Retry')) {
      if (!isJsonObject(retrier)) continue;
      const times = own(retrier, 'MaxAttempts') ?? DEFAULT_ATTEMPTS;
      this.#edge(name, name, `retry ${errorsOf(retrier)} ×${String(times)}`, 'error');
    }
    for (const catcher of listAt(state, 'Catch')) {
      if (isJsonObject(catcher)) this.#next(name, catcher, 'Next', `catch ${errorsOf(catcher)}`, 'error');
    }
  }

  #next(from: string, fields: JsonObject, field: string, label: string, kind?: GraphEdgeKind): void {
    const to = textAt(fields, field);
    if (to !== undefined) this.#edge(from, to, label, kind);
  }

  #edge(from: string, to: string, label = '', kind: GraphEdgeKind = 'transition'): void {
    this.edges.push({ from, to, label, kind });
  }

  #free(id: string): string {
    return this.#ids.has(id) ? this.#free(`${id}~`) : id;
  }
}

/** Of a Retrier that does not say (States Language: Retrying after error). */
const DEFAULT_ATTEMPTS = 3;

/** What it is, and what it does. */
function notesOf(type: string, state: JsonObject): string[] {
  const does = TYPE_WORDS.get(type)?.(state) ?? '';
  return [`${type} ${does}`.trim()].filter((note) => note !== '');
}

const TYPE_WORDS: ReadonlyMap<string, (state: JsonObject) => string | undefined> = new Map([
  ['Task', (state) => textAt(state, 'Resource')],
  ['Wait', waitWords],
  ['Fail', (state) => textAt(state, 'Error')],
  ['Message', (state) => textAt(state, 'CorrelationKey')],
  ['Map', mapWords],
]);

/** What a Map goes over, how many items at once, and whether each is an execution of its own. */
function mapWords(state: JsonObject): string | undefined {
  const items = textAt(state, 'ItemsPath') ?? textAt(state, 'Items');
  const atOnce = own(state, 'MaxConcurrency') ?? own(state, 'MaxConcurrencyPath');
  const processor = own(state, 'ItemProcessor') ?? own(state, 'Iterator');
  const config = isJsonObject(processor) ? own(processor, 'ProcessorConfig') : undefined;
  const isDistributed = isJsonObject(config) && own(config, 'Mode') === 'DISTRIBUTED';
  const words = [
    ...(items === undefined ? [] : [`over ${items}`]),
    ...(typeof atOnce === 'number' || typeof atOnce === 'string' ? [`${atOnce} at a time`] : []),
    ...(isDistributed ? ['distributed'] : []),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}

function waitWords(state: JsonObject): string | undefined {
  const seconds = own(state, 'Seconds');
  if (seconds !== undefined) return typeof seconds === 'number' ? `${seconds} s` : String(seconds);
  for (const field of ['Timestamp', 'SecondsPath', 'TimestampPath']) {
    const value = textAt(state, field);
    if (value !== undefined) return field === 'SecondsPath' ? `${value} s` : `until ${value}`;
  }
  return undefined;
}

function errorsOf(fields: JsonObject): string {
  return listAt(fields, 'ErrorEquals').map(String).join(', ');
}

function textAt(fields: JsonObject, field: string): string | undefined {
  const value = own(fields, field);
  return typeof value === 'string' ? value : undefined;
}

function listAt(fields: JsonObject, field: string): readonly Json[] {
  const value = own(fields, field);
  return isJsonArray(value) ? value : [];
}
