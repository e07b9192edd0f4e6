import { ERRORS } from '../asl/errors.js';
import { fromState, MAIN_THREAD } from '../asl/execution.js';
import { asl } from '../asl/language.js';
import type { AslProgram } from '../asl/program.js';
import { JOB_ERRORS } from '../core/job.js';
import { isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import type { Step } from '../core/language.js';
import { Hints } from './hints.js';
import type { TaskResult } from './samples.js';
import type { Asking, Inventory, Subject } from './subject.js';

/** The error of a task that stands for all that nothing names. */
const FAILURE = 'Failure';

/** Operators of Choice rules whose operand is a value of the kind that the variable has. */
const COMPARES = /^(String|Numeric|Boolean|Timestamp)(Equals|LessThan|GreaterThan)/;

/** A path of names below the input. */
const NAMES = /^\$(\.[A-Za-z_]\w*)+$/;

/** What a Map goes over, in either query language. */
const ITEMS = /^(?:\{%\s*)?(\$(?:states\.input)?(?:\.[A-Za-z_]\w*)+)(?:\s*%\})?$/;

/** A list that a Map can go over. */
const LIST: Json = [1];

/** A workflow as an explorer sees it: its tasks succeed, or fail with each error that a Retrier or Catcher names. */
export class AslSubject implements Subject {
  readonly language = asl;
  readonly program: AslProgram;
  readonly inventory: Inventory;
  readonly inputs: readonly Json[];

  constructor(program: AslProgram, source: Json) {
    this.program = program;
    const hints = new Hints();
    readPaths(hints, source);
    hints.readSource(source);
    const inputs = [...hints.below(['$']), ...hints.below(['$states', 'input'])];
    const first = program.states.get(program.startAt);
    if (inputs.length === 0) inputs.push(first?.type === 'Map' ? LIST : {});
    this.inputs = inputs;
    const transitions = new Map<string, string>();
    for (const { name, targets } of program.states.values()) {
      for (const { to } of targets) transitions.set(edge(name, to), edge(name, to));
    }
    this.inventory = { states: [...program.states.keys()], transitions, events: [] };
  }

  /** Without the numbers of history events, which only grow, and times, which stand still. */
  essence(state: Json): Json {
    const { threads, start: _, nextEventId: __, failed: ___, ...rest } = fromState(state);
    const kept = Object.entries(threads).map(([id, { lastEventId: ____, entered, fork, ...thread }]) => {
      const { started: _____, after: ______, ...begun } = fork ?? {};
      return [id, { ...thread, entered: entered !== undefined, begun }];
    });
    return { ...rest, threads: kept } as unknown as JsonObject;
  }

  sight(state: Json): Readonly<Record<string, Json>> {
    const { value, context, output } = asl.view(state);
    const { variables = {} } = fromState(state).threads[MAIN_THREAD] ?? {};
    return { value, context, input: context, output, variables };
  }

  payloads(): readonly Json[] {
    return [];
  }

  results(asked: Asking, _: string, state: Json): readonly TaskResult[] {
    const [, thread] = Object.entries(fromState(state).threads).find(
      ([, { waiting }]) => waiting?.effect === asked.id,
    ) ?? ['', undefined];
    const { retriers = [], catchers = [] } = this.program.states.get(thread?.state ?? '') ?? {};
    const named = [...retriers, ...catchers].flatMap(({ errorEquals }) => errorEquals);
    const errors = new Set(named.map(errorFor));
    errors.add(FAILURE);
    const [output = {}] = this.inputs;
    return [{ output }, ...[...errors].map((error) => ({ error, cause: '' }))];
  }

  nameOf(asked: Asking, { state }: Step): string {
    if (asked.type !== 'timer') return asked.type === 'task' ? asked.name : asked.machine;
    const { threads, deadline } = fromState(state);
    if (deadline === asked.id) return 'timeout';
    const thread = Object.values(threads).find(({ waiting }) => waiting?.effect === asked.id);
    return `${thread?.waiting?.for === 'retry' ? 'retry' : 'after'} ${thread?.state ?? ''}`;
  }

  states({ history }: Step): readonly string[] {
    const entered = history.filter(({ type }) => type.endsWith('StateEntered'));
    return entered.map(({ data }) => stateIn(data, 'stateEnteredEventDetails'));
  }

  /** What is entered follows, in its thread, what was left. */
  taken({ history }: Step): readonly string[] {
    const left = new Map<number, string>();
    return history.flatMap(({ type, data }) => {
      const { id, previousEventId: before } = data;
      if (type.endsWith('StateExited')) left.set(Number(id), stateIn(data, 'stateExitedEventDetails'));
      const from = type.endsWith('StateEntered') ? left.get(Number(before)) : undefined;
      return from === undefined ? [] : [edge(from, stateIn(data, 'stateEnteredEventDetails'))];
    });
  }
}

function edge(from: string, to: string): string {
  return `"${from}" to "${to}"`;
}

function stateIn(data: JsonObject, field: string): string {
  const details = own(data, field);
  return isJsonObject(details) ? String(own(details, 'name')) : '';
}

/** An error that an Error Name takes. */
function errorFor(name: string): string {
  if (name === ERRORS.timeout) return JOB_ERRORS.timeout;
  if (name === ERRORS.heartbeatTimeout) return JOB_ERRORS.heartbeat;
  return name.startsWith('States.') ? FAILURE : name;
}

/** The paths that a workflow reads of its input, with what its Choice rules compare them with. */
function readPaths(hints: Hints, value: Json): void {
  if (typeof value !== 'object' || value === null) return;
  const operator = Object.keys(value).find((key) => COMPARES.test(key) && !key.endsWith('Path'));
  for (const [key, member] of Object.entries(value)) {
    const items = key === 'ItemsPath' || key === 'Items' ? ITEMS.exec(String(member))?.[1] : undefined;
    if (items !== undefined) hints.compare(items.split('.'), LIST);
    else if (typeof member !== 'string' || !NAMES.test(member)) readPaths(hints, member as Json);
    else if (key === 'Variable' || key.endsWith('.$') || key === 'InputPath') {
      const compared = operator === undefined ? undefined : own(value as JsonObject, operator);
      hints.compare(member.split('.'), key === 'Variable' ? compared : undefined);
    }
  }
}
