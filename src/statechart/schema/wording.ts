import type { Json } from '../../core/json.js';
import { didYouMean, type Problem } from '../../core/problem.js';
import {
  MAX_ACTION_DEPTH,
  MAX_EVENT_NAME_LENGTH,
  MAX_GUARD_DEPTH,
  MAX_HINT_NAMES,
  MAX_RETRY_ATTEMPTS,
  MAX_STATE_DEPTH,
} from '../limits.js';
import type { Missing } from '../link.js';
import { escapeKey } from '../node.js';
import type { ChartState } from './chart.js';
import { FINDING, type Finding, type Words } from './findings.js';

type Hint = Pick<Problem, 'hint'>;

/** A message, with a hint if there is one, from what the place that tells of the problem has at hand. */
type Wording = (path: string, ...facts: never[]) => string | readonly [string, string | Hint];

/**
 * What is wrong with a definition, in words. They stand apart from what finds it, so that programs that bundle their
 * machines need not carry them along.
 */
export const inWords: Words = ({ code, which, path, facts }) => {
  const wording = WORDINGS[which === '' ? code : `${code} ${which}`] ?? WORDINGS[code];
  const said = wording?.(path, ...(facts as never[])) ?? code;
  if (typeof said === 'string') return { message: said };
  const [message, hint] = said;
  return { message, ...(typeof hint === 'string' ? { hint } : hint) };
};

/**
 * A problem of `createMachine`, which tells it shortly, in the words of `detent check`; any other as it is.
 *
 * @example
 * explain({ code: 'timeout', message: 'too late', path: '' }).message; // => 'too late'
 */
export function explain(problem: Problem): Problem {
  const { [FINDING]: finding } = problem as { readonly [FINDING]?: Finding };
  return finding === undefined ? problem : { ...problem, ...inWords(finding) };
}

/** `did you mean`, where there are few enough names to look through. */
function meant(name: unknown, names: readonly string[]): Hint {
  return typeof name === 'string' && names.length <= MAX_HINT_NAMES ? didYouMean(name, names) : {};
}

function missed({ name, among, prefix }: Missing): Hint {
  const { hint } = among.size > MAX_HINT_NAMES ? {} : didYouMean(name, among.keys());
  return hint === undefined ? {} : { hint: hint.replace('"', `"${prefix}`) };
}

/** What something is called in messages that stands at a path. */
function nounAt(noun: string, path: string): string {
  if (noun === 'state' && path !== '') return `the state ${JSON.stringify(lastKey(path))}`;
  const [name = '', kind] = noun.split(' ');
  if (kind === 'action') return `${article(name)} ${name} action`;
  if (kind === 'guard') return `${article(name)} "${name}" guard`;
  return NOUNS[noun] ?? `"${noun}"`;
}

const NOUNS: Readonly<Record<string, string>> = {
  state: 'the machine',
  machine: 'the machine',
  transition: 'a transition',
  action: 'an action',
  guard: 'a guard',
  branch: 'a branch of "choose"',
};

function article(name: string): string {
  return /^[aeiou]/.test(name) ? 'an' : 'a';
}

function lastKey(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}

function around(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The state, or the machine, that a member belongs to. */
function stateAround(path: string): string {
  return nounAt('state', around(path));
}

/** The innermost state around a pointer. */
function source(path: string): string {
  const [states = ''] = /^(\/states\/[^/]*)*/.exec(path) ?? [];
  return state(
    [...states.matchAll(/\/states(\/[^/]*)/g)].map(([, key = '']) => escapeKey(lastKey(key))).join('.'),
  );
}

/** A state by its path from the root. */
function state(path: string): string {
  return path === '' ? 'the machine' : `the state "${path}"`;
}

/** What a value is, for one that is not what it should be. */
export function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return String(value);
    default:
      return 'an object';
  }
}

/** A value that has to be something else. */
function mustBe(what: string, expected: string): Wording {
  return (_, value: Json) => `${what} must be ${expected}, not ${kindOf(value)}`;
}

/** A member that has to be something else. */
function memberMustBe(expected: string): Wording {
  return (path, value: Json, noun: string) =>
    `"${lastKey(path)}" of ${nounAt(noun, around(path))} must be ${expected}, not ${kindOf(value)}`;
}

/** Keys of other dialects, and what they are called here. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  state: { onEntry: 'entry', onExit: 'exit', activities: 'invoke', data: 'output', delays: 'after' },
  machine: {
    ...{ onEntry: 'entry', onExit: 'exit', activities: 'invoke', data: 'output' },
    ...{ name: 'id', key: 'id' },
  },
  transition: { cond: 'guard', internal: 'reenter', action: 'actions', to: 'target', if: 'guard' },
  branch: { cond: 'guard', if: 'guard' },
  invoke: { task: 'src', data: 'input', name: 'src', autoForward: 'forward' },
  migrate: { version: 'from' },
  retry: {
    MaxAttempts: 'attempts',
    IntervalSeconds: 'delay',
    BackoffRate: 'backoff',
    MaxDelaySeconds: 'maxDelay',
    ErrorEquals: 'errors',
    maxAttempts: 'attempts',
    interval: 'delay',
    rate: 'backoff',
  },
};

/** Keys that are known only to be refused. */
const REFUSED: readonly string[] = ['route', 'onSnapshot', 'systemId', 'syncSnapshot'];

/** Actions of XState that have no place here, and what to do instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  spawn: 'invoke a machine in a state',
  stop: 'what a state invokes ends when the state is left',
};

/** The packages that datamodels need. */
const NEEDED: Readonly<Record<string, string>> = { ecmascript: 'quickjs-emscripten' };

const TO_ASSIGN = 'to change the context write { assign: { field: "{% … %}" } }';

const ACTIONS =
  'an action is a name, { type, params }, or one of { assign }, { raise }, { send }, { emit }, { cancel }, { log }, { choose }';

const GUARDS = 'a guard is an expression, a name, { type, params }, { and }, { or }, { not } or { in }';

/** By the code of a problem and which one of those it is. */
const WORDINGS: Readonly<Record<string, Wording>> = {
  'unknown-key': (path, noun: string, key: string, keys: object) => {
    const renamed = Object.hasOwn(RENAMED[noun] ?? {}, key) ? RENAMED[noun]?.[key] : undefined;
    const known = Object.keys(keys).filter((name) => !REFUSED.includes(name));
    return [
      `${nounAt(noun, around(path))} has no key "${key}"`,
      renamed === undefined ? didYouMean(key, known) : `it is called "${renamed}" here`,
    ];
  },
  'not-supported key': (path, noun: string) =>
    `"${lastKey(path)}" of ${nounAt(noun, around(path))} is not supported yet`,
  'not-supported built-in': (_, name: string) => `the built-in action "${name}" is not supported yet`,
  'not-supported action': (_, name: string) => [`there is no action "${name}"`, ELSEWHERE[name] ?? {}],

  // Any noun that is to be an object.
  'wrong-type': (path, value: Json, noun: string) =>
    `${nounAt(noun, path)} must be an object, not ${kindOf(value)}`,
  'wrong-type text': memberMustBe('a text'),
  'wrong-type flag': memberMustBe('true or false'),
  'wrong-type choice': (path, value: Json, words: readonly string[]) => [
    `"${lastKey(path)}" is ${JSON.stringify(value)}`,
    { hint: `one of ${words.join(', ')}`, ...meant(value, words) },
  ],
  'wrong-type states': mustBe('"states"', 'an object'),
  'wrong-type on': mustBe('"on"', 'an object of events'),
  'wrong-type listener': mustBe('a transition of a list', 'an object with an "event"'),
  'wrong-type after': mustBe('"after"', 'an object of durations'),
  'wrong-type delays': mustBe('"delays"', 'an object of durations'),
  'wrong-type tag': mustBe('a tag', 'a text'),
  'wrong-type target': mustBe('"target"', 'a text'),
  'wrong-type transition': mustBe('a transition', 'a target or an object'),
  'wrong-type nothing': () => ['there is no transition here', 'write {} for a transition that does nothing'],
  'wrong-type action': mustBe('an action', 'a name or an object'),
  'wrong-type assign': mustBe('"assign"', 'an object of fields'),
  'wrong-type cancel': mustBe('"cancel"', 'the id of an event that was held back'),
  'wrong-type guard': mustBe('a guard', 'an expression, a name or an object'),
  'wrong-type guards': (path, value: Json) =>
    `"${lastKey(path)}" must be a list of guards, not ${kindOf(value)}`,
  'wrong-type in': mustBe('"in"', 'the name of a state'),
  'wrong-type forward': mustBe('"forward"', 'true, or names of events'),
  'wrong-type retry': mustBe('"retry"', 'a number of attempts or an object'),
  'wrong-type errors': mustBe('"errors"', "names of errors, such as 'Timeout'"),
  'wrong-type sensitive': mustBe('"sensitive"', 'paths into data, such as card.number'),
  'wrong-type from': mustBe('"from"', 'the number of a version, its own "version", or its hash'),
  'wrong-type moves': mustBe('"states" of "migrate"', 'an object of paths'),
  'wrong-type move': mustBe('where a state moves', 'a path from the root, #id, or null'),
  'wrong-type new-context': mustBe('"context" of "migrate"', 'fields or an expression'),
  'wrong-type type': (path, value: Json, types: readonly string[]) => [
    `${stateAround(path)} is of an unknown type ${JSON.stringify(value)}`,
    { hint: `one of ${types.join(', ')}`, ...meant(value, types) },
  ],
  'wrong-type kind': (path, type: string) => [
    `${stateAround(path)} is ${type}, but has ${type === 'atomic' ? '' : 'no '}states`,
    type === 'parallel' ? 'its regions are written under "states"' : {},
  ],
  'wrong-type history': (_, value: Json) => `"history" is shallow or deep, not ${JSON.stringify(value)}`,

  'too-deep state': () => `states are nested deeper than ${MAX_STATE_DEPTH} levels`,
  'too-deep guard': () => `guards are nested deeper than ${MAX_GUARD_DEPTH}`,
  'too-deep action': () => `actions are nested deeper than ${MAX_ACTION_DEPTH}`,

  'missing action': () => ['an action needs a "type"', ACTIONS],
  'missing guard': () => ['a guard needs a "type"', GUARDS],
  'missing event': (_, noun: string) => [`"${noun}" needs a "type"`, 'the name of an event'],
  'missing src': () => [
    '"invoke" needs a "src"',
    'the name that a handler is registered under, or a "machine"',
  ],
  'missing target': () => '"initial" needs a "target", the name of a child',
  'missing timeout': (_, there: string, missing: string) => `a state with "${there}" needs "${missing}"`,
  'missing-initial': (path, states: readonly ChartState[]) => {
    const first = states.find(({ type }) => type !== 'history');
    const hint = first === undefined ? 'it has none but history states' : `write initial: ${first.key}`;
    return [`${nounAt('state', path)} needs an "initial" state`, hint];
  },
  'missing-engine': (_, name: string) => [
    `the datamodel "${name}" needs the package ${NEEDED[name]}, which is not loaded here`,
    `install it beside this package: npm install ${NEEDED[name]}`,
  ],

  'invalid-name state': () => 'a state needs a name',
  'invalid-name id': (path) => `${stateAround(path)} has an empty id`,
  'invalid-name guard': () => 'a guard may not be an empty text',
  'invalid-name action': (_, name: string) => [`an action is named, not ${JSON.stringify(name)}`, TO_ASSIGN],
  'invalid-name event': (_, name: string) => `an event may not be called ${JSON.stringify(name)}`,
  'invalid-name no-event': () => [
    'an event needs a name',
    'a transition without an event is written under "always"',
  ],
  'invalid-name long-event': () => `the name of an event is longer than ${MAX_EVENT_NAME_LENGTH} characters`,
  'invalid-name control': () => 'the name of an event may not contain control characters',
  wildcard: (_, name: string) => [
    `${JSON.stringify(name)} has a wildcard where it never matches`,
    'write "*" alone, or as the last part: "order.*"',
  ],

  event: (_, noun: string, extra: string) => [
    `"${noun}" has a whole "event", and a "${extra}"`,
    'write one of them',
  ],
  'never id': () => 'an event has an id to be cancelled by, but no delay',
  'never done': (path) => `${source(path)} has no states, so its "onDone" never happens`,
  'invoke both': () => ['"invoke" has a "src", which is a task, and a "machine"', 'write one of them'],
  'invoke forward': () => 'events can be sent on to a machine, not to a task',
  'invoke limit': (path) => [
    `"${lastKey(path)}" is for tasks, not for a machine`,
    'give the state a "timeout", and say where "onTimeout" leads',
  ],
  'duration unknown': (_, value: Json) => [
    `${JSON.stringify(value)} is neither a duration nor the name of a delay`,
    'write 30s, 5m, 1h30m, 2d or a number of milliseconds, or name it under "delays" of the machine',
  ],
  'duration nothing': (path) => `a ${lastKey(path)} of nothing`,
  retry: (path) => {
    const isBackoff = lastKey(path) === 'backoff';
    const kind = isBackoff ? 'a number from 1 on' : `a whole number from 1 to ${MAX_RETRY_ATTEMPTS}`;
    return `"${isBackoff ? 'backoff' : 'attempts'}" of "retry" must be ${kind}`;
  },

  'final-state machine': () => 'a machine is not a final state itself',
  'history-state machine': () => 'a machine is not a history state itself',
  'final-state': (path, key: string) => `${stateAround(path)} is final and may not have "${key}"`,
  'history-state': (path, key: string) => `${stateAround(path)} is a history state and may not have "${key}"`,
  'history-state only': (path, key: string) =>
    `${stateAround(path)} has "${key}", but only history states have one`,
  output: (path) => [
    `${stateAround(path)} has an output, but only final states and the machine have one`,
    'add type: final',
  ],
  initial: (path) => `${stateAround(path)} is parallel: all of its states are entered`,

  'unknown-initial': (_, at: string, name: string, names: readonly string[]) => [
    `"initial" of ${nounAt('state', at)} is ${JSON.stringify(name)}, which is none of its states`,
    meant(name, names),
  ],
  'unknown-initial none': (path) => `${stateAround(path)} has an "initial", but no states`,
  'unknown-initial outside': (_, from: string, to: string, outside: string) =>
    `${state(from)} leads by default to ${state(to)}, which is not below ${state(outside)}`,
  'unknown-target': (path, name: string, missing: Missing) => [
    `${source(path)} has a transition to ${JSON.stringify(name)}, and there is no such state`,
    missed(missing),
  ],
  'unknown-target history': (_, name: string) =>
    `"migrate" leads to ${JSON.stringify(name)}, a history state`,
  'unknown-target migrate': (_, name: string, paths: readonly string[]) => [
    `"migrate" leads to ${JSON.stringify(name)}, and there is no such state`,
    meant(name, paths),
  ],
  'unknown-state': (path, name: string, missing: Missing | undefined) => [
    `${source(path)} asks whether ${JSON.stringify(name)} is active, and there is no such state`,
    missing === undefined ? {} : missed(missing),
  ],
  'targets-apart': (path, a: string, b: string) =>
    `${source(path)} leads to ${state(a)} and ${state(b)}, which cannot be active together`,
  'duplicate-id': (_, id: string, other: string) =>
    `the id ${JSON.stringify(id)} is taken by ${state(other)}`,
  'duplicate-id invoke': (_, id: string) =>
    `the invoke id ${JSON.stringify(id)} is taken, here or in a state around this one`,
};
