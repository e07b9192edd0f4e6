import { MAX_EVENT_NAME_LENGTH, MAX_STATE_DEPTH } from '../limits.js';
import { readActions } from './action.js';
import type {
  ChartDelay,
  ChartInitial,
  ChartListener,
  ChartState,
  ChartTransition,
  StateType,
  Template,
} from './chart.js';
import { readLength } from './delay.js';
import { type Findings, isPlain, join, type Members } from './findings.js';
import { readInvokes } from './invoke.js';
import { asIs, notYet, readJson, readList, readText } from './reader.js';
import { readSettled, readTemplate } from './template.js';
import { readTargets, readTransitions } from './transition.js';

/** Keys of any state, the root included. */
export const STATE = {
  type: asIs,
  id: readText,
  initial: asIs,
  states: readStates,
  on: readOn,
  always: readTransitions,
  after: readAfter,
  timeout: asIs,
  onTimeout: asIs,
  onDone: readTransitions,
  entry: readActions,
  exit: readActions,
  invoke: readInvokes,
  output: readOutput,
  tags: readTags,
  history: asIs,
  target: asIs,
  actions: asIs,
  description: readText,
  meta: readJson,
  route: notYet,
};

type StateMembers = Members<typeof STATE>;

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

const INITIAL = { target: readTargets, actions: readActions, description: asIs, meta: readJson };

const NONE: readonly never[] = Object.freeze([]);

/** A state from its members. */
export function stateOf(findings: Findings, state: StateMembers, key: string, path: string): ChartState {
  const { states = NONE, output, on = NONE, always = NONE, onDone = NONE } = state;
  const { entry = NONE, exit = NONE, invoke = NONE, tags = NONE } = state;
  const type = typeOf(findings, state, path, states.length > 0);
  refuse(findings, state, path, type);
  if (state.id === '') findings.tell('invalid-name id', join(path, 'id'));
  return {
    key,
    path,
    type,
    deep: type === 'history' && isDeep(findings, state.history, path),
    id: state.id === '' ? undefined : state.id,
    initial: initialOf(findings, state, path, type, states),
    states,
    on,
    always,
    after: delaysOf(findings, state, path),
    onDone,
    entry,
    exit,
    invoke,
    output,
    tags,
  };
}

function readStates(findings: Findings, value: unknown, path: string): readonly ChartState[] {
  if (!isPlain(value)) findings.wrongType('states', path, value);
  else {
    const read = () => Object.keys(value).map((key) => readState(findings, value[key], key, join(path, key)));
    return findings.within('state', MAX_STATE_DEPTH, path, read) ?? NONE;
  }
  return NONE;
}

/** One state and all below it. One with nothing in it is written `idle:` in YAML, which reads as null. */
function readState(findings: Findings, value: unknown, key: string, path: string): ChartState {
  if (key === '') findings.tell('invalid-name state', path);
  const members = value === null ? {} : findings.members('state', STATE, value, path);
  return stateOf(findings, members ?? {}, key, path);
}

function typeOf(
  findings: Findings,
  { type, history }: StateMembers,
  path: string,
  nested: boolean,
): StateType {
  const inferred = nested ? 'compound' : 'atomic';
  if (type === undefined) return !nested && path !== '' && history !== undefined ? 'history' : inferred;
  const known = TYPES.find((name) => name === type);
  const at = join(path, 'type');
  if (known === undefined) findings.wrongType('type', at, type, TYPES);
  else if (known === 'final' || known === 'history') {
    if (path !== '') return known;
    findings.tell(`${known}-state machine`, at);
  } else if (known === 'parallel' && nested) return known;
  else if (known !== inferred) findings.tell('wrong-type kind', at, known);
  return inferred;
}

/** Refuses what a state of this type may not have. */
function refuse(findings: Findings, state: StateMembers, path: string, type: StateType): void {
  const keys = type === 'final' ? NOT_FINAL : type === 'history' ? NOT_HISTORY : ONLY_HISTORY;
  const code = type === 'final' ? 'final-state' : `history-state ${type === 'history' ? '' : 'only'}`;
  for (const key of keys) if (Object.hasOwn(state, key)) findings.tell(code, join(path, key), key);
  if (keys === ONLY_HISTORY && path !== '' && Object.hasOwn(state, 'output')) {
    findings.tell('output', join(path, 'output'));
  }
}

function isDeep(findings: Findings, history: unknown, path: string): boolean {
  if (history === undefined || history === 'shallow' || history === 'deep') return history === 'deep';
  findings.wrongType('history', join(path, 'history'), history);
  return false;
}

/** Where it is entered by default; of a history state, where it leads while nothing is remembered. */
function initialOf(
  findings: Findings,
  state: StateMembers,
  path: string,
  type: StateType,
  states: readonly ChartState[],
): ChartInitial | undefined {
  const { initial } = state;
  if (type === 'history') return defaultOf(findings, state, path);
  const at = join(path, 'initial');
  if (type === 'parallel') return initial === undefined ? undefined : findings.tell('initial', at);
  if (initial === undefined) {
    if (states.length > 0) findings.tell('missing-initial', path, states);
    return undefined;
  }
  const read = isPlain(initial) ? findings.members('initial', INITIAL, initial, at) : undefined;
  if (read !== undefined && !Object.hasOwn(read, 'target')) findings.tell('missing target', at);
  const targets = isPlain(initial) ? (read?.target ?? NONE) : readTargets(findings, initial, at);
  if (states.length === 0) return findings.tell('unknown-initial none', at);
  const names = states.map((child) => child.key);
  // One that is no path is a child's name, and looked for at once.
  const unknown = targets.filter(({ text }) => !names.includes(text) && !/^[#.]/.test(text));
  for (const { text, path: there } of unknown) findings.tell('unknown-initial', there, path, text, names);
  return targets.length === 0 || unknown.length > 0 ? undefined : { targets, actions: read?.actions ?? NONE };
}

/** Its parent's initial state where it does not say. */
function defaultOf(
  findings: Findings,
  { target, actions }: StateMembers,
  path: string,
): ChartInitial | undefined {
  const targets = target === undefined ? NONE : readTargets(findings, target, join(path, 'target'));
  const done = actions === undefined ? NONE : readActions(findings, actions, join(path, 'actions'));
  return targets.length === 0 ? undefined : { targets, actions: done };
}

/** W3C's transitions are a list, so that the order among all of them is kept. */
function readOn(findings: Findings, value: unknown, path: string): readonly ChartListener[] {
  if (Array.isArray(value) && findings.dialect === 'scxml')
    return readList(findings, value, path, readListener);
  if (!isPlain(value)) return findings.wrongType('on', path, value) ?? NONE;
  return Object.keys(value).map((descriptor) => {
    const at = join(path, descriptor);
    checkDescriptor(findings, descriptor, at);
    return { descriptors: [descriptor], transitions: transitionsAt(findings, value[descriptor], at) };
  });
}

/** XState: an event with no transition at all is forbidden, not left to the states around. */
function transitionsAt(findings: Findings, value: unknown, path: string): readonly ChartTransition[] {
  if (value === undefined) findings.replaced.set(path, {});
  return readTransitions(findings, value === undefined ? {} : value, path);
}

/** A transition with the descriptors of its `event`. */
function readListener(findings: Findings, value: unknown, path: string): ChartListener | undefined {
  if (!isPlain(value) || typeof value['event'] !== 'string')
    return findings.wrongType('listener', path, value);
  const { event, ...rest } = value;
  const descriptors = value['event'].split(/\s+/).filter((descriptor) => descriptor !== '');
  for (const descriptor of descriptors) checkDescriptor(findings, descriptor, join(path, 'event'));
  return { descriptors, transitions: readTransitions(findings, rest, path) };
}

function checkDescriptor(findings: Findings, descriptor: string, at: string): void {
  if (descriptor === '') findings.tell('invalid-name no-event', at);
  else if (descriptor.length > MAX_EVENT_NAME_LENGTH) findings.tell('invalid-name long-event', at);
  else if (CONTROL.test(descriptor)) findings.tell('invalid-name control', at);
  // A `*` as a part of its own that is not the last one.
  else if (descriptor.includes('*.') && descriptor.split('.').slice(0, -1).includes('*'))
    findings.tell('wildcard', at, descriptor);
}

function readAfter(findings: Findings, value: unknown, path: string): readonly ChartDelay[] {
  if (!isPlain(value)) return findings.wrongType('after', path, value) ?? NONE;
  return Object.keys(value).map((key) => delayOf(findings, key, key, value[key], join(path, key)));
}

function delayOf(findings: Findings, key: string, written: unknown, value: unknown, at: string): ChartDelay {
  return {
    key,
    ...readLength(findings, written, at, false),
    transitions: transitionsAt(findings, value, at),
  };
}

/** The key of a state's own timeout among its delays: no duration is written so. */
export const TIMEOUT_KEY = 'timeout';

/** A `timeout` is a delay that leads where `onTimeout` says. */
function delaysOf(
  findings: Findings,
  { after = NONE, timeout, onTimeout }: StateMembers,
  path: string,
): readonly ChartDelay[] {
  if (timeout === undefined && onTimeout === undefined) return after;
  if (timeout === undefined || onTimeout === undefined) {
    const [there, missing] = timeout === undefined ? ['onTimeout', 'timeout'] : ['timeout', 'onTimeout'];
    findings.tell('missing timeout', join(path, there), there, missing);
    return after;
  }
  const length = readLength(findings, timeout, join(path, 'timeout'), true);
  const transitions = readTransitions(findings, onTimeout, join(path, 'onTimeout'));
  return [...after, { key: TIMEOUT_KEY, ...length, transitions }];
}

function readOutput(findings: Findings, value: unknown, path: string): Template | undefined {
  return findings.dialect === 'scxml'
    ? readSettled(findings, value, path)
    : readTemplate(findings, value, path);
}

function readTags(findings: Findings, value: unknown, path: string): readonly string[] {
  return readList(findings, value, path, (_, tag, at) =>
    typeof tag === 'string' ? tag : findings.wrongType('tag', at, tag),
  );
}
