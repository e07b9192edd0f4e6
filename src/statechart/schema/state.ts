import { parseDuration } from '../../core/duration.js';
import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { MAX_EVENT_NAME_LENGTH, MAX_STATE_DEPTH } from '../limits.js';
import { readActions } from './action.js';
import type { ChartDelay, ChartInitial, ChartState, ChartTransition } from './chart.js';
import { type Findings, join, type Keys, listOf, meant, readMember } from './findings.js';
import { readInvokes } from './invoke.js';
import { readTemplate } from './template.js';
import { readTransitions } from './transition.js';

const KNOWN = [
  'type',
  'id',
  'initial',
  'states',
  'on',
  'always',
  'after',
  'onDone',
  'entry',
  'exit',
  'invoke',
  'output',
  'tags',
  'description',
  'meta',
] as const;

/** Keys of any state, the root included. */
export const STATE_KEYS: Keys = {
  known: KNOWN,
  later: ['history', 'timeout', 'onTimeout', 'route'],
  renamed: { onEntry: 'entry', onExit: 'exit', activities: 'invoke', data: 'output', delays: 'after' },
};

/** What a final state may not have, since nothing leaves it. */
const NOT_FINAL = ['states', 'initial', 'on', 'always', 'after', 'onDone', 'invoke'] as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const CONTROL = /[\u0000-\u001f\u007f]/;

const INITIAL: Keys = { known: ['target', 'actions', 'description', 'meta'] };

/** One state and all below it. `depth` is 0 for the root, whose keys its caller has looked at. */
export function readState(
  findings: Findings,
  state: JsonObject,
  key: string,
  path: string,
  depth: number,
): ChartState {
  const what = depth === 0 ? 'the machine' : `the state ${JSON.stringify(key)}`;
  const states = readStates(findings, own(state, 'states'), path, depth);
  const type = readType(findings, state, path, what, states.length > 0);
  const initial = readInitial(findings, state, path, what, states);
  if (type === 'final') refuseOnFinal(findings, state, path, what);
  else if (depth > 0 && own(state, 'output') !== undefined) {
    const message = `${what} has an output, but only final states and the machine have one`;
    findings.add({ code: 'output', message, path: join(path, 'output'), hint: 'add type: final' });
  }
  findings.text(state, 'description', path, what);
  const output = own(state, 'output');
  const read = <T>(name: string, reader: Parameters<typeof readMember<T>>[4]) =>
    readMember(findings, state, name, path, reader);
  return {
    key,
    path,
    type,
    id: readId(findings, state, path, what),
    initial,
    states,
    on: read('on', readOn),
    always: read('always', readTransitions),
    after: read('after', readAfter),
    onDone: read('onDone', readTransitions),
    entry: read('entry', readActions),
    exit: read('exit', readActions),
    invoke: read('invoke', readInvokes),
    output: output === undefined ? undefined : readTemplate(findings, output, join(path, 'output')),
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
    const state =
      member === null ? {} : findings.object(member, at, `the state ${JSON.stringify(key)}`, STATE_KEYS);
    return readState(findings, state ?? {}, key, at, depth + 1);
  });
}

function readType(
  findings: Findings,
  state: JsonObject,
  path: string,
  what: string,
  nested: boolean,
): ChartState['type'] {
  const inferred = nested ? 'compound' : 'atomic';
  const type = own(state, 'type');
  if (type === undefined) return inferred;
  const at = join(path, 'type');
  if (type === 'parallel' || type === 'history') {
    findings.notSupported(at, `a ${type} state`);
  } else if (type === 'final') {
    if (path !== '') return type;
    findings.add({ code: 'final-state', message: 'a machine is not a final state itself', path: at });
  } else if (type === 'atomic' || type === 'compound') {
    if (type !== inferred) {
      const message = `${what} is ${type}, but has ${nested ? '' : 'no '}states`;
      findings.add({ code: 'wrong-type', message, path: at });
    }
  } else {
    const known = ['atomic', 'compound', 'final'];
    const message = `${what} is of an unknown type ${JSON.stringify(type)}`;
    const near = typeof type === 'string' ? meant(type, known) : {};
    findings.add({ code: 'wrong-type', message, path: at, hint: `one of ${known.join(', ')}`, ...near });
  }
  return inferred;
}

function refuseOnFinal(findings: Findings, state: JsonObject, path: string, what: string): void {
  for (const key of NOT_FINAL) {
    if (own(state, key) === undefined) continue;
    const message = `${what} is final and may not have "${key}"`;
    findings.add({ code: 'final-state', message, path: join(path, key) });
  }
}

function readId(findings: Findings, state: JsonObject, path: string, what: string): string | undefined {
  const id = findings.text(state, 'id', path, what);
  if (id !== '') return id;
  findings.add({ code: 'invalid-name', message: `${what} has an empty id`, path: join(path, 'id') });
  return undefined;
}

function readInitial(
  findings: Findings,
  state: JsonObject,
  path: string,
  what: string,
  states: readonly ChartState[],
): ChartInitial | undefined {
  const value = own(state, 'initial');
  if (value === undefined) {
    const [first] = states;
    if (first === undefined || own(state, 'type') === 'parallel') return undefined;
    const hint = `write initial: ${first.key}`;
    findings.add({ code: 'missing-initial', message: `${what} needs an "initial" state`, path, hint });
    return undefined;
  }
  const at = join(path, 'initial');
  const names = states.map((child) => child.key);
  if (typeof value === 'string') return knownInitial(findings, value, at, what, names, []);
  const initial = findings.object(value, at, '"initial"', INITIAL);
  if (initial === undefined) return undefined;
  const target = own(initial, 'target');
  const actions = readMember(findings, initial, 'actions', at, readActions);
  if (typeof target === 'string') {
    return knownInitial(findings, target, join(at, 'target'), what, names, actions);
  }
  const message = '"initial" needs a "target", the name of a child';
  findings.add({ code: target === undefined ? 'missing' : 'wrong-type', message, path: at });
  return undefined;
}

function knownInitial(
  findings: Findings,
  target: string,
  path: string,
  what: string,
  names: readonly string[],
  actions: ChartInitial['actions'],
): ChartInitial | undefined {
  if (names.includes(target)) return { target, path, actions };
  const message =
    names.length === 0
      ? `${what} has an "initial", but no states`
      : `"initial" of ${what} is ${JSON.stringify(target)}, which is none of its states`;
  findings.add({ code: 'unknown-initial', message, path, ...meant(target, names) });
  return undefined;
}

function readOn(
  findings: Findings,
  value: Json,
  path: string,
): readonly (readonly [string, readonly ChartTransition[]])[] {
  if (!isJsonObject(value)) {
    findings.wrongType(path, '"on"', 'an object of events', value);
    return [];
  }
  return Object.keys(value).map((descriptor) => {
    const at = join(path, descriptor);
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
    return [descriptor, readTransitions(findings, own(value, descriptor) ?? null, at)] as const;
  });
}

/** A `*` as a part of its own that is not the last one. */
function isMisplacedWildcard(descriptor: string): boolean {
  return descriptor.includes('*.') && descriptor.split('.').slice(0, -1).includes('*');
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

function readTags(findings: Findings, value: Json, path: string): readonly string[] {
  const tags: string[] = [];
  for (const [tag, at] of listOf(value, path)) {
    if (typeof tag === 'string') tags.push(tag);
    else findings.wrongType(at, 'a tag', 'a text', tag);
  }
  return tags;
}
