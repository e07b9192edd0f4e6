import { isJsonObject, type Json, type JsonObject, own, put } from '../core/json.js';
import { MAX_STATE_DEPTH } from '../statechart/limits.js';
import { readContent, readGuard, readPayload, readScript, targetsOf } from './content-reader.js';
import { dataBelow, readData } from './data-reader.js';
import type { Element } from './document.js';
import { readInvoke } from './invoke-reader.js';
import { extensions, type Reading } from './reading.js';

/** Elements that are states. */
const STATES = ['state', 'parallel', 'final', 'history'];
const PARTS = [...STATES, 'transition', 'onentry', 'onexit', 'initial', 'invoke', 'datamodel', 'donedata'];
const ROOT = [...PARTS, 'script'];

/** A state and all below it, as a statechart has it (SCXML 3.3 to 3.7, 3.10). */
export function readState(reading: Reading, element: Element, depth: number, id: string): JsonObject {
  if (depth > MAX_STATE_DEPTH) {
    reading.add(element, 'too-deep', `states are nested deeper than ${MAX_STATE_DEPTH} levels`);
    return {};
  }
  if (element.name === 'history') return readHistory(reading, element);
  if (depth > 0) reading.known(element, element.name === 'state' ? ['id', 'initial'] : ['id']);
  const states = readStates(reading, element, depth);
  const parts = (name: string) => element.children.filter((child) => child.name === name);
  const known = depth === 0 ? ROOT : PARTS;
  for (const child of element.children) {
    if (!known.includes(child.name)) reading.unknown(child, element.name, known);
  }
  const transitions = parts('transition').map((child) => readTransition(reading, child));
  const [on, always] = [transitions.filter(({ event }) => event), transitions.filter(({ event }) => !event)];
  const entry = [...readBeginnings(reading, element, depth), ...readBlocks(reading, parts('onentry'))];
  const exit = readBlocks(reading, parts('onexit'));
  const invoke = parts('invoke').map((child, index) => readInvoke(reading, child, id, index));
  const [donedata] = parts('donedata');
  const { data, params } = donedata === undefined ? {} : readPayload(reading, donedata, 'donedata');
  const output = params ?? data;
  return {
    ...extensions(element, TOLD),
    ...(element.name === 'parallel' || element.name === 'final' ? { type: element.name } : {}),
    ...readInitial(reading, element, states),
    ...(Object.keys(states).length > 0 ? { states } : {}),
    ...(on.length > 0 ? { on: on.map(({ transition }) => transition) } : {}),
    ...(always.length > 0 ? { always: always.map(({ transition }) => transition) } : {}),
    ...(entry.length > 0 ? { entry } : {}),
    ...(exit.length > 0 ? { exit } : {}),
    ...(invoke.length > 0 ? { invoke } : {}),
    ...(output === undefined ? {} : { output }),
  };
}

/** Each block is one action, so that an error in it skips no other block (SCXML 4.9). */
function readBlocks(reading: Reading, blocks: readonly Element[]): Json[] {
  return blocks.map((block) => {
    reading.known(block, []);
    return reading.from(block, { choose: [{ actions: readContent(reading, block) }] });
  });
}

/** Data and scripts that come before everything else (SCXML 5.3, 5.8). */
function readBeginnings(reading: Reading, element: Element, depth: number): Json[] {
  const isRoot = depth === 0;
  if (reading.isJsonata || (!isRoot && !reading.isLate)) return [];
  const made = Object.entries(readData(reading, element));
  const own = made.map(([name, value]) => ({ data: { [name]: value }, ...(isRoot ? {} : { late: true }) }));
  if (!isRoot) return own;
  const below = reading.isLate ? [] : Object.entries(dataBelow(reading, element));
  const scripts = element.children.filter(({ name }) => name === 'script');
  return [
    ...own,
    ...below.map(([name, value]) => ({ data: { [name]: value }, input: false })),
    ...scripts.map((script) => reading.from(script, readScript(reading, script))),
  ];
}

/** The states in an element, in document order. Targets name them by their ids. */
function readStates(reading: Reading, element: Element, depth: number): JsonObject {
  const states: Record<string, Json> = {};
  for (const child of element.children) {
    if (!STATES.includes(child.name)) continue;
    const id = child.attribute('id') ?? reading.freshId(child.name);
    const key = child.extension('key') ?? keyOf(id);
    if (Object.hasOwn(states, key)) {
      reading.add(child, 'duplicate-id', `the id ${JSON.stringify(id)} is taken`);
    }
    put(states, key, reading.from(child, { id, ...readState(reading, child, depth + 1, id) }));
  }
  return states;
}

/** An object has keys that are whole numbers before all others, whatever order they were written in. */
export function keyOf(id: string): string {
  return /^\d+$/.test(id) ? `state ${id}` : id;
}

/** What is told of a state to people and tools. */
const TOLD = ['description', 'tags', 'meta'];

/** What is entered by default: the attribute, the element, or the first child. */
function readInitial(reading: Reading, element: Element, states: JsonObject): JsonObject {
  if (element.name === 'parallel' || Object.keys(states).length === 0) return {};
  const attribute = element.attribute('initial');
  const [inner] = element.children.filter((child) => child.name === 'initial');
  if (attribute !== undefined) return { initial: targetsOf(attribute) };
  if (inner === undefined) {
    const first = Object.values(states).find(
      (state) => isJsonObject(state) && own(state, 'type') !== 'history',
    );
    return isJsonObject(first) ? { initial: [`#${String(own(first, 'id'))}`] } : {};
  }
  const { targets, actions } = readOnly(reading, inner);
  return { initial: actions.length === 0 ? targets : { target: targets, actions } };
}

function readHistory(reading: Reading, element: Element): JsonObject {
  reading.known(element, ['id', 'type']);
  const history = element.attribute('type') ?? 'shallow';
  const { targets, actions } = readOnly(reading, element);
  const told = extensions(element, ['description', 'meta']);
  return { ...told, type: 'history', history, target: targets, ...(actions.length === 0 ? {} : { actions }) };
}

/** The one transition of `initial` and `history`, which has neither event nor condition. */
function readOnly(reading: Reading, element: Element): { targets: string[]; actions: Json[] } {
  const [transition] = element.children.filter(({ name }) => name === 'transition');
  if (transition === undefined) {
    reading.add(element, 'missing', `<${element.name}> needs a <transition>`);
    return { targets: [], actions: [] };
  }
  reading.known(transition, ['target', 'type']);
  return {
    targets: targetsOf(reading.needed(transition, 'target')),
    actions: readContent(reading, transition),
  };
}

function readTransition(
  reading: Reading,
  element: Element,
): { readonly event: string | undefined; readonly transition: JsonObject } {
  reading.known(element, ['event', 'cond', 'target', 'type']);
  const [event, target, type] = ['event', 'target', 'type'].map((name) => element.attribute(name));
  const actions = readContent(reading, element);
  const transition: JsonObject = {
    ...(event ? { event } : {}),
    ...(element.attribute('cond') === undefined ? {} : { guard: readGuard(reading, element) }),
    ...(target === undefined ? {} : { target: targetsOf(target) }),
    ...(type === 'internal' ? { reenter: false } : {}),
    ...(actions.length === 0 ? {} : { actions }),
    ...extensions(element, ['description', 'meta']),
  };
  return { event, transition: reading.from(element, transition) };
}
