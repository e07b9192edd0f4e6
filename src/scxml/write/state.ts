import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { delimitedExpression } from '../../expression/template.js';
import { TASK, TOLD as TOLD_OF_INVOKE } from '../invoke-reader.js';
import { WHOLE } from '../scxml.js';
import { keyOf } from '../state-reader.js';
import { condOf, contentOf } from './content.js';
import { join, listOf, type Writing } from './writing.js';
import type { Tag } from './xml.js';

const PARTS = ['id', 'type', 'initial', 'states', 'on', 'always', 'entry', 'exit', 'invoke', 'output'];
const HISTORY = ['id', 'type', 'history', 'target', 'actions'];

/** What is told of a state to people and tools. */
const TOLD = ['description', 'tags', 'meta'];

/** What the machine itself has besides. */
export const ROOT = [...PARTS, 'dialect', 'datamodel', 'context', ...WHOLE];

/** What stands in a state, or in the machine. `inherited` are data of its states that the machine begins with. */
export function partsOf(
  writing: Writing,
  state: JsonObject,
  path: string,
  id: string,
  inherited: readonly Tag[] = [],
): Tag[] {
  const entry = listOf(own(state, 'entry')).map(
    (action, n) => [action, join(join(path, 'entry'), n)] as const,
  );
  const isData = (action: Json) => isJsonObject(action) && own(action, 'data') !== undefined;
  const isInner = (action: Json) => isJsonObject(action) && own(action, 'input') === false;
  const dataOf = (entries: typeof entry) => entries.flatMap(([action, at]) => dataTags(writing, action, at));
  const data = [...dataOf(entry.filter(([action]) => isData(action) && !isInner(action))), ...inherited];
  const below = dataOf(entry.filter(([action]) => isData(action) && isInner(action)));
  const isScript = (action: Json) =>
    path === '' && isJsonObject(action) && own(action, 'script') !== undefined;
  const scripts = entry
    .filter(([action]) => isScript(action))
    .flatMap(([action, at]) => contentOf(writing, [action], at));
  const blocks = entry.filter(([action]) => !isData(action) && !isScript(action));
  const context = path === '' ? own(state, 'context') : undefined;
  if (context !== undefined) data.push(writing.valued('data', { id: 'context' }, context, '/context'));
  return [
    ...(data.length > 0 ? [{ name: 'datamodel', children: data }] : []),
    ...scripts,
    ...initialTag(writing, own(state, 'initial'), join(path, 'initial')),
    ...blocks.map(([action, at]) => blockTag(writing, 'onentry', action, at)),
    ...listOf(own(state, 'exit')).map((action, n) =>
      blockTag(writing, 'onexit', action, join(join(path, 'exit'), n)),
    ),
    ...listOf(own(state, 'on')).map((one, n) => transitionTag(writing, one, join(join(path, 'on'), n))),
    ...listOf(own(state, 'always')).map((one, n) =>
      transitionTag(writing, one, join(join(path, 'always'), n)),
    ),
    ...listOf(own(state, 'invoke')).map((one, n) =>
      invokeTag(writing, one, join(join(path, 'invoke'), n), `${id}.${n}`),
    ),
    ...stateTags(writing, own(state, 'states'), join(path, 'states'), below),
    ...outputTag(writing, own(state, 'output'), join(path, 'output')),
  ];
}

function dataTags(writing: Writing, action: Json, path: string): Tag[] {
  const { data } = writing.object(action, path, 'data', ['data', 'input', 'late']);
  return Object.entries(isJsonObject(data ?? null) ? (data as JsonObject) : {}).map(([id, value]) =>
    value === '{% undefined %}'
      ? { name: 'data', attributes: { id } }
      : writing.valued('data', { id }, value, path),
  );
}

/** A block is one choice without a condition. */
function blockTag(writing: Writing, name: string, action: Json, path: string): Tag {
  const branches = isJsonObject(action) ? own(action, 'choose') : undefined;
  const [branch] = branches !== undefined && isJsonArray(branches) && branches.length === 1 ? branches : [];
  const isBlock = branch !== undefined && isJsonObject(branch) && own(branch, 'guard') === undefined;
  const inside = isBlock ? own(branch, 'actions') : [action];
  return { name, children: contentOf(writing, inside, isBlock ? `${path}/choose/0/actions` : path) };
}

function initialTag(writing: Writing, initial: Json | undefined, path: string): Tag[] {
  if (initial === undefined || !isJsonObject(initial)) return [];
  const { target, actions } = writing.object(initial, path, '"initial"', ['target', 'actions']);
  const attributes = { target: targetsText(writing, target, path) };
  return [
    {
      name: 'initial',
      children: [{ name: 'transition', attributes, children: contentOf(writing, actions, path) }],
    },
  ];
}

/** `initial` as an attribute. */
export function initialText(writing: Writing, state: JsonObject, path: string): string | undefined {
  const initial = own(state, 'initial');
  return initial === undefined || isJsonObject(initial)
    ? undefined
    : targetsText(writing, initial, join(path, 'initial'));
}

function targetsText(writing: Writing, targets: Json | undefined, path: string): string {
  return listOf(targets)
    .map((target) => {
      if (typeof target === 'string' && /^#\S+$/.test(target)) return target.slice(1);
      writing.refuse(path, `target like ${JSON.stringify(target)}, which is no id`);
      return '';
    })
    .join(' ');
}

function transitionTag(writing: Writing, transition: Json, path: string): Tag {
  const keys = ['event', 'guard', 'target', 'reenter', 'actions', 'description', 'meta'];
  const whole = writing.object(transition, path, 'transition', keys);
  const { event, guard, target, reenter, actions } = whole;
  return {
    name: 'transition',
    attributes: {
      event: event === undefined ? undefined : writing.text(event, path),
      cond: guard === undefined ? undefined : condOf(writing, guard, join(path, 'guard')),
      target: target === undefined ? undefined : targetsText(writing, target, join(path, 'target')),
      type: reenter === false ? 'internal' : undefined,
      ...writing.extensions(whole, ['description', 'meta']),
    },
    children: contentOf(writing, actions, join(path, 'actions')),
  };
}

const INVOKE = ['machine', 'id', 'input', 'params', 'actions', 'forward', 'finalize'];

/** What a handler does. */
function taskTag(writing: Writing, invoke: JsonObject, path: string, defaultId: string): Tag {
  writing.saysNone = true;
  if (own(invoke, 'input') !== undefined) writing.needsData = true;
  const task = writing.object(invoke, path, 'task', ['src', 'id', ...TOLD_OF_INVOKE]);
  const attributes = {
    type: TASK,
    src: writing.text(own(task, 'src'), join(path, 'src')),
    id: String(own(task, 'id') ?? defaultId),
    ...writing.extensions(task, TOLD_OF_INVOKE),
  };
  return { name: 'invoke', attributes };
}

function invokeTag(writing: Writing, invoke: Json, path: string, defaultId: string): Tag {
  if (isJsonObject(invoke) && own(invoke, 'src') !== undefined)
    return taskTag(writing, invoke, path, defaultId);
  const isOpen = writing.datamodel !== 'ecmascript';
  writing.saysNone = true;
  const { machine, id, input, params, actions, forward, finalize } = writing.object(
    invoke,
    path,
    'invoke',
    isOpen ? [...INVOKE, 'description', 'meta'] : INVOKE,
  );
  const name = writing.text(machine, join(path, 'machine'));
  const source = /^Machine\(([\s\S]*)\)$/.exec(delimitedExpression(name) ?? '')?.[1];
  if (source === undefined && (delimitedExpression(name) !== undefined || /[\\/:#]/.test(name)))
    writing.refuse(join(path, 'machine'), `machine like ${JSON.stringify(name)}`);
  const [idlocation] = isJsonObject(listOf(actions)[0] ?? null)
    ? Object.keys((own(listOf(actions)[0] as JsonObject, 'assign') ?? {}) as JsonObject)
    : [];
  if (actions !== undefined && (idlocation === undefined || id !== defaultId))
    writing.refuse(join(path, 'actions'), 'actions of an invocation');
  const namelist = writing.namelist(input);
  if (input !== undefined && isOpen) writing.needsData = true;
  if (input !== undefined && namelist === undefined && !isOpen)
    writing.refuse(join(path, 'input'), 'input like this');
  const told = [
    'description',
    'meta',
    ...(isOpen ? ['input'] : []),
    ...(forward === true ? [] : ['forward']),
  ];
  return {
    name: 'invoke',
    attributes: {
      ...(source === undefined ? { src: `${name}.scxml` } : { srcexpr: source }),
      ...(idlocation === undefined ? { id: String(id ?? defaultId) } : { idlocation }),
      namelist,
      autoforward: forward === true ? 'true' : undefined,
      ...writing.extensions(isJsonObject(invoke) ? invoke : {}, told),
    },
    children: [
      ...writing.params(params, join(path, 'params')),
      ...(finalize === undefined
        ? []
        : [{ name: 'finalize', children: contentOf(writing, finalize, join(path, 'finalize')) }]),
    ],
  };
}

function stateTags(
  writing: Writing,
  states: Json | undefined,
  path: string,
  inherited: readonly Tag[],
): Tag[] {
  if (states === undefined || !isJsonObject(states)) return [];
  let left = inherited;
  return Object.entries(states).map(([key, value]) => {
    const at = join(path, key);
    const isHistory = isJsonObject(value) && own(value, 'type') === 'history';
    const state = writing.object(value ?? {}, at, 'state', [...(isHistory ? HISTORY : PARTS), ...TOLD]);
    const id = String(own(state, 'id') ?? key);
    const told = {
      ...(key === keyOf(id) ? {} : writing.attribute('key', key)),
      ...writing.extensions(state, TOLD),
    };
    if (isHistory) {
      const { history, target, actions } = state;
      const attributes = { target: targetsText(writing, target, join(at, 'target')) };
      const children = contentOf(writing, actions, join(at, 'actions'));
      return {
        name: 'history',
        attributes: { id, type: String(history ?? 'shallow'), ...told },
        children: [{ name: 'transition', attributes, children }],
      };
    }
    const type = own(state, 'type');
    const name = type === 'parallel' || type === 'final' ? type : 'state';
    const children = partsOf(writing, state, at, id, left);
    left = [];
    return { name, attributes: { id, initial: initialText(writing, state, at), ...told }, children };
  });
}

function outputTag(writing: Writing, output: Json | undefined, path: string): Tag[] {
  if (output === undefined) return [];
  const isParams =
    isJsonObject(output) &&
    !Object.hasOwn(output, '$xml') &&
    Object.values(output).length > 0 &&
    Object.values(output).every(
      (value) => typeof value === 'string' && delimitedExpression(value) !== undefined,
    );
  const children = isParams
    ? writing.params(output, path)
    : [writing.valued('content', undefined, output, path)];
  return [{ name: 'donedata', children }];
}
