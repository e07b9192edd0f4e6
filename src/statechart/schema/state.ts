import { parseDuration } from '../../core/duration.js';
import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { MAX_EVENT_NAME_LENGTH, MAX_STATE_DEPTH } from '../limits.js';
import { readActions } from './action.js';
import type { ChartDelay, ChartInitial, ChartListener, ChartState, ChartTarget, StateType } from './chart.js';
import { type Findings, join, type Keys, listOf, meant, readMember, type What } from './findings.js';
import { readInvokes } from './invoke.js';
import { readSettled, readTemplate } from './template.js';
import { readTargets, readTransitions } from './transition.js';

const KNOWN = [
  'type',
  'id',
  'initial',
  'states',
  'on',
  'always',
  'after',
  'timeout',
  'onTimeout',
  'onDone',
  'entry',
  'exit',
  'invoke',
  'output',
  'tags',
  'history',
  'target',
  'actions',
  'description',
  'meta',
] as const;

/** Keys of any state, the root included. */
export const STATE_KEYS: Keys = {
  known: KNOWN,
  later: ['route'],
  renamed: { onEntry: 'entry', onExit: 'exit', activities: 'invoke', data: 'output', delays: 'after' },
};

/** What a final state may not have, since nothing leaves it. */
const NOT_FINAL = [
  'states',
  'initial',
  'on',
  'always',
  'after',
  'timeout',
  'onTimeout',
  'onDone',
  'invoke',
  'history',
  'target',
  'actions',
] as const;

/** What a history state may not have: nothing ever stands in it. */
const NOT_HISTORY = [...NOT_FINAL.slice(0, -3), 'entry', 'exit', 'output', 'tags'] as const;

/** What only history states have. */
const ONLY_HISTORY = ['history', 'target', 'actions'] as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const CONTROL = /[\u0000-\u001f\u007f]/;

const TYPES = ['atomic', 'compound', 'parallel', 'final', 'history'] as const;

const INITIAL: Keys = { known: ['target', 'actions', 'description', 'meta'] };

/** A state as messages name it: spelled out only where there is one. */
class StateName {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  toString(): string {
    return `the state ${JSON.stringify(this.#key)}`;
  }
}

/** One state and all below it. `depth` is 0 for the root, whose keys its caller has looked at. */
export function readState(
  findings: Findings,
  state: JsonObject,
  key: string,
  path: string,
  depth: number,
): ChartState {
  const what = depth === 0 ? 'the machine' : new StateName(key);
  const states = readStates(findings, own(state, 'states'), path, depth);
  const type = readType(findings, state, path, what, states.length > 0);
  const initial =
    type === 'history'
      ? readHistoryDefault(findings, state, path)
      : readInitial(findings, state, path, what, type, states);
  if (type === 'final') refuse(findings, state, path, what, type, NOT_FINAL);
  else if (type === 'history') refuse(findings, state, path, what, type, NOT_HISTORY);
  else refuse(findings, state, path, what, type, ONLY_HISTORY);
  if (type !== 'final' && type !== 'history' && depth > 0 && own(state, 'output') !== undefined) {
    const message = `${what} has an output, but only final states and the machine have one`;
    findings.add({ code: 'output', message, path: join(path, 'output'), hint: 'add type: final' });
  }
  findings.text(state, 'description', path, what);
  const output = own(state, 'output');
  const readOutput = findings.dialect === 'scxml' ? readSettled : readTemplate;
  const read = <T>(name: string, reader: Parameters<typeof readMember<T>>[4]) =>
    readMember(findings, state, name, path, reader);
  return {
    key,
    path,
    type,
    deep: readDeep(findings, state, path, type),
    id: readId(findings, state, path, what),
    initial,
    states,
    on: read('on', readOn),
    always: read('always', readTransitions),
    after: readDelays(findings, state, path),
    onDone: read('onDone', readTransitions),
    entry: read('entry', readActions),
    exit: read('exit', readActions),
    invoke: read('invoke', readInvokes),
    output: output === undefined ? undefined : readOutput(findings, output, join(path, 'output')),
    tags: read('tags', readTags),
  };
}

const NO_STATES: readonly ChartState[] = [];

function readStates(
  findings: Findings,
  value: Json | undefined,
  parent: string,
  depth: number,
): readonly ChartState[] {
  if (value === undefined) return NO_STATES;
  const path = join(parent, 'states');
  if (!isJsonObject(value)) {
    findings.wrongType(path, '"states"', 'an object', value);
    return [];
  }
  if (depth >= MAX_STATE_DEPTH) {
    const message = `states are nested deeper than ${MAX_STATE_DEPTH} levels`;
    findings.add({ code: 'too-deep', message, path });
    return [];
  }
  return Object.keys(value).map((key) => {
    const at = join(path, key);
    if (key === '') findings.add({ code: 'invalid-name', message: 'a state needs a name', path: at });
    const member = own(value, key) ?? null;
    // A state with nothing in it is written `idle:` in YAML, which reads as null.
    const state = member === null ? {} : findings.object(member, at, new StateName(key), STATE_KEYS);
    return readState(findings, state ?? {}, key, at, depth + 1);
  });
}

function readType(
  findings: Findings,
  state: JsonObject,
  path: string,
  what: What,
  nested: boolean,
): StateType {
  const inferred = nested ? 'compound' : 'atomic';
  const type = own(state, 'type');
  if (type === undefined)
    return !nested && path !== '' && own(state, 'history') !== undefined ? 'history' : inferred;
  const at = join(path, 'type');
  const known = TYPES.find((name) => name === type);
  if (known === undefined) {
    const message = `${what} is of an unknown type ${JSON.stringify(type)}`;
    const near = typeof type === 'string' ? meant(type, TYPES) : {};
    findings.add({ code: 'wrong-type', message, path: at, hint: `one of ${TYPES.join(', ')}`, ...near });
    return inferred;
  }
  if (known === 'final' || known === 'history') {
    if (path !== '') return known;
    const message = `a machine is not a ${known} state itself`;
    findings.add({ code: `${known}-state`, message, path: at });
    return inferred;
  }
  if (known === 'parallel') {
    if (nested) return known;
    const hint = 'its regions are written under "states"';
    findings.add({ code: 'wrong-type', message: `${what} is parallel, but has no states`, path: at, hint });
    return inferred;
  }
  if (known !== inferred) {
    const message = `${what} is ${known}, but has ${nested ? '' : 'no '}states`;
    findings.add({ code: 'wrong-type', message, path: at });
  }
  return inferred;
}

const KINDS: Readonly<Record<'final' | 'history', string>> = { final: 'final', history: 'a history state' };

/** Refuses what a state of this type may not have. */
function refuse(
  findings: Findings,
  state: JsonObject,
  path: string,
  what: What,
  type: StateType,
  keys: readonly string[],
): void {
  for (const key of keys) {
    if (own(state, key) === undefined) continue;
    const isSpecial = type === 'final' || type === 'history';
    const code = `${isSpecial ? type : 'history'}-state`;
    const message = isSpecial
      ? `${what} is ${KINDS[type]} and may not have "${key}"`
      : `${what} has "${key}", but only history states have one`;
    findings.add({ code, message, path: join(path, key) });
  }
}

function readDeep(findings: Findings, state: JsonObject, path: string, type: StateType): boolean {
  const history = own(state, 'history');
  if (type !== 'history' || history === undefined || history === 'shallow') return false;
  if (history === 'deep') return true;
  const message = `"history" is shallow or deep, not ${JSON.stringify(history)}`;
  findings.add({ code: 'wrong-type', message, path: join(path, 'history') });
  return false;
}

/** Where a history state leads while nothing is remembered; its parent's initial state where it does not say. */
function readHistoryDefault(findings: Findings, state: JsonObject, path: string): ChartInitial | undefined {
  const targets = readTargets(findings, own(state, 'target'), join(path, 'target'));
  const actions = readMember(findings, state, 'actions', path, readActions);
  return targets.length === 0 ? undefined : { targets, actions };
}

function readId(findings: Findings, state: JsonObject, path: string, what: What): string | undefined {
  const id = findings.text(state, 'id', path, what);
  if (id !== '') return id;
  findings.add({ code: 'invalid-name', message: `${what} has an empty id`, path: join(path, 'id') });
  return undefined;
}

function readInitial(
  findings: Findings,
  state: JsonObject,
  path: string,
  what: What,
  type: StateType,
  states: readonly ChartState[],
): ChartInitial | undefined {
  const value = own(state, 'initial');
  if (type === 'parallel') {
    if (value === undefined) return undefined;
    const message = `${what} is parallel: all of its states are entered`;
    findings.add({ code: 'initial', message, path: join(path, 'initial') });
    return undefined;
  }
  if (value === undefined) {
    if (states.length === 0) return undefined;
    const first = states.find((child) => child.type !== 'history');
    const hint = first === undefined ? 'it has none but history states' : `write initial: ${first.key}`;
    findings.add({ code: 'missing-initial', message: `${what} needs an "initial" state`, path, hint });
    return undefined;
  }
  const at = join(path, 'initial');
  const names = states.map((child) => child.key);
  if (!isJsonObject(value)) {
    const targets = readTargets(findings, value, at);
    return knownInitial(findings, targets, at, what, names) ? { targets, actions: [] } : undefined;
  }
  const initial = findings.object(value, at, '"initial"', INITIAL) ?? {};
  const actions = readMember(findings, initial, 'actions', at, readActions);
  const targets = readTargets(findings, own(initial, 'target'), join(at, 'target'));
  if (own(initial, 'target') === undefined) {
    findings.add({ code: 'missing', message: '"initial" needs a "target", the name of a child', path: at });
  }
  return knownInitial(findings, targets, at, what, names) ? { targets, actions } : undefined;
}

/** False where no target is left; one that is no path is a child's name, and looked for at once. */
function knownInitial(
  findings: Findings,
  targets: readonly ChartTarget[],
  path: string,
  what: What,
  names: readonly string[],
): boolean {
  let known = targets.length > 0;
  if (names.length === 0) {
    findings.add({ code: 'unknown-initial', message: `${what} has an "initial", but no states`, path });
    return false;
  }
  for (const { text, path: at } of targets) {
    if (names.includes(text) || text.startsWith('#') || text.startsWith('.')) continue;
    const message = `"initial" of ${what} is ${JSON.stringify(text)}, which is none of its states`;
    findings.add({ code: 'unknown-initial', message, path: at, ...meant(text, names) });
    known = false;
  }
  return known;
}

function readOn(findings: Findings, value: Json, path: string): readonly ChartListener[] {
  if (Array.isArray(value) && findings.dialect === 'scxml') return readOnList(findings, value, path);
  if (!isJsonObject(value)) {
    findings.wrongType(path, '"on"', 'an object of events', value);
    return [];
  }
  return Object.keys(value).map((descriptor) => {
    const at = join(path, descriptor);
    checkDescriptor(findings, descriptor, at);
    const transitions = readTransitions(findings, own(value, descriptor) ?? null, at);
    return { descriptors: [descriptor], transitions };
  });
}

/** W3C's transitions, each with the descriptors of its `event`, so that the order among all of them is kept. */
function readOnList(findings: Findings, list: readonly Json[], path: string): readonly ChartListener[] {
  return list.flatMap((item, n) => {
    const at = join(path, n);
    const event = isJsonObject(item) ? own(item, 'event') : undefined;
    if (!isJsonObject(item) || typeof event !== 'string') {
      findings.wrongType(at, 'a transition of a list', 'an object with an "event"', item);
      return [];
    }
    const { event: _, ...rest } = item;
    const descriptors = event.split(/\s+/).filter((descriptor) => descriptor !== '');
    for (const descriptor of descriptors) checkDescriptor(findings, descriptor, join(at, 'event'));
    return [{ descriptors, transitions: readTransitions(findings, rest, at) }];
  });
}

function checkDescriptor(findings: Findings, descriptor: string, at: string): void {
  if (descriptor === '') {
    const hint = 'a transition without an event is written under "always"';
    findings.add({ code: 'invalid-name', message: 'an event needs a name', path: at, hint });
  } else if (descriptor.length > MAX_EVENT_NAME_LENGTH) {
    const message = `the name of an event is longer than ${MAX_EVENT_NAME_LENGTH} characters`;
    findings.add({ code: 'invalid-name', message, path: at });
  } else if (CONTROL.test(descriptor)) {
    const message = 'the name of an event may not contain control characters';
    findings.add({ code: 'invalid-name', message, path: at });
  } else if (isMisplacedWildcard(descriptor)) {
    const hint = 'write "*" alone, or as the last part: "order.*"';
    const message = `${JSON.stringify(descriptor)} has a wildcard where it never matches`;
    findings.add({ code: 'wildcard', message, path: at, hint });
  }
}

/** A `*` as a part of its own that is not the last one. */
function isMisplacedWildcard(descriptor: string): boolean {
  return descriptor.includes('*.') && descriptor.split('.').slice(0, -1).includes('*');
}

function readDelays(findings: Findings, state: JsonObject, path: string): readonly ChartDelay[] {
  const delays = readMember(findings, state, 'after', path, readAfter);
  const timeouts = readTimeout(findings, state, path);
  return timeouts.length === 0 ? delays : [...delays, ...timeouts];
}

function readAfter(findings: Findings, value: Json, path: string): readonly ChartDelay[] {
  if (!isJsonObject(value)) {
    findings.wrongType(path, '"after"', 'an object of durations', value);
    return [];
  }
  return Object.keys(value).map((key) => {
    const at = join(path, key);
    const duration = parseDuration(key);
    if ('problem' in duration) findings.add({ ...duration.problem, path: at });
    const delayMs = 'value' in duration ? duration.value : 0;
    return { key, delayMs, transitions: readTransitions(findings, own(value, key) ?? null, at) };
  });
}

/** The key of a state's own timeout among its delays: no duration is written so. */
export const TIMEOUT_KEY = 'timeout';

const NO_DELAYS: readonly ChartDelay[] = Object.freeze([]);

/** A `timeout` is a delay that leads where `onTimeout` says. */
function readTimeout(findings: Findings, state: JsonObject, path: string): readonly ChartDelay[] {
  const timeout = own(state, 'timeout');
  const onTimeout = own(state, 'onTimeout');
  if (timeout === undefined && onTimeout === undefined) return NO_DELAYS;
  if (timeout === undefined || onTimeout === undefined) {
    const [there, missing] = timeout === undefined ? ['onTimeout', 'timeout'] : ['timeout', 'onTimeout'];
    const message = `a state with "${there}" needs "${missing}"`;
    findings.add({ code: 'missing', message, path: join(path, there) });
    return [];
  }
  const duration = parseDuration(timeout);
  if ('problem' in duration) findings.add({ ...duration.problem, path: join(path, 'timeout') });
  const delayMs = 'value' in duration ? duration.value : 0;
  return [
    {
      key: TIMEOUT_KEY,
      delayMs,
      transitions: readTransitions(findings, onTimeout, join(path, 'onTimeout')),
    },
  ];
}

function readTags(findings: Findings, value: Json, path: string): readonly string[] {
  const tags: string[] = [];
  for (const [tag, at] of listOf(value, path)) {
    if (typeof tag === 'string') tags.push(tag);
    else findings.wrongType(at, 'a tag', 'a text', tag);
  }
  return tags;
}
