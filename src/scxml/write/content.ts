import { isJsonObject, type Json, own } from '../../core/json.js';
import { delimitedExpression } from '../../expression/template.js';
import { join, listOf, type Writing } from './writing.js';
import type { Tag } from './xml.js';

/** Actions as executable content. */
export function contentOf(writing: Writing, actions: Json | undefined, path: string): Tag[] {
  return listOf(actions).flatMap((action, n) => contentTag(writing, action, join(path, n)) ?? []);
}

function contentTag(writing: Writing, action: Json, path: string): Tag | undefined {
  const name = typeof action === 'string' ? action : isJsonObject(action) ? own(action, 'type') : undefined;
  if (typeof name === 'string' && writing.isJsonata) {
    const params = isJsonObject(action) ? own(action, 'params') : undefined;
    return tellTag(writing, 'detent:action', name, params, join(path, 'params'));
  }
  const [kind = ''] = isJsonObject(action) ? Object.keys(action) : [];
  const write = Object.hasOwn(WRITERS, kind) ? WRITERS[kind] : undefined;
  if (write === undefined || !isJsonObject(action) || Object.keys(action).length > 1) {
    writing.refuse(path, 'action like this');
    return undefined;
  }
  return write(writing, own(action, kind) ?? null, join(path, kind));
}

/** What is told to others than sessions: handlers, or those who watch. */
function tellTag(writing: Writing, type: string, event: string, data: Json | undefined, path: string): Tag {
  const children = data === undefined ? [] : [writing.valued('content', undefined, data, path)];
  return { name: 'send', attributes: { type, event }, children };
}

type Write = (writing: Writing, value: Json, path: string) => Tag;

const WRITERS: Readonly<Record<string, Write>> = {
  raise: (writing, value, path) => {
    if (!isJsonObject(value)) return { name: 'raise', attributes: { event: writing.text(value, path) } };
    const known = ['type', 'data', 'delay', 'id'];
    const { type, data, delay, id } = writing.object(value, path, 'raised event', known);
    if (data === undefined && delay === undefined && id === undefined)
      return { name: 'raise', attributes: { event: writing.text(type, path) } };
    const attributes = {
      ...writing.either(type, 'event', path),
      // What is held back comes from outside (SCXML 6.2.4).
      target: delay === undefined ? '#_internal' : undefined,
      ...writing.either(delay, 'delay', path),
      ...(id === undefined ? {} : { id: writing.text(id, path) }),
    };
    const children =
      data === undefined ? [] : [writing.valued('content', undefined, data, join(path, 'data'))];
    return { name: 'send', attributes, children };
  },
  emit: (writing, value, path) => {
    const written = isJsonObject(value) ? value : { type: value };
    const { type, data } = writing.object(written, path, 'emitted event', ['type', 'data']);
    return tellTag(writing, 'detent:emit', writing.text(type, path), data, join(path, 'data'));
  },
  send: writeSend,
  cancel: (writing, value, path) => ({ name: 'cancel', attributes: writing.either(value, 'sendid', path) }),
  script: (writing, value, path) => ({ name: 'script', children: [writing.text(value, path)] }),
  assign: (writing, value, path) => {
    const entries = Object.entries(isJsonObject(value) ? value : {});
    const [[location, given] = ['', null]] = entries;
    if (writing.isJsonata) {
      const isField = entries.length === 1 && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(location);
      return isField
        ? writing.valued('assign', { location: `context.${location}` }, given, path)
        : { name: 'assign', attributes: { location: 'context' }, children: [JSON.stringify(value)] };
    }
    if (entries.length !== 1) writing.refuse(path, 'assignment of several places at once');
    return writing.valued('assign', { location }, given, path);
  },
  log: (writing, value, path) => {
    const { label, value: told } = writing.object(value, path, 'log', ['label', 'value']);
    const named = label === undefined ? undefined : String(label);
    const expression = typeof told === 'string' ? delimitedExpression(told) : undefined;
    if (expression !== undefined) writing.needsData = true;
    if (told === undefined || expression !== undefined)
      return { name: 'log', attributes: { label: named, expr: expression } };
    writing.saysNone = true;
    if (writing.datamodel === 'jsonata' || (typeof told !== 'string' && writing.isJsonata)) {
      return { name: 'log', attributes: { label: named, ...writing.extensions({ value: told }, ['value']) } };
    }
    if (typeof told !== 'string') writing.refuse(path, 'constant in a log');
    return { name: 'log', attributes: { label: named, expr: String(told) } };
  },
  foreach: (writing, value, path) => {
    const written = writing.object(value, path, 'foreach', ['array', 'item', 'index', 'actions']);
    const { array, item, index, actions } = written;
    return {
      name: 'foreach',
      attributes: {
        array: writing.expression(array, path),
        item: writing.text(item, path),
        ...(index === undefined ? {} : { index: writing.text(index, path) }),
      },
      children: contentOf(writing, actions, join(path, 'actions')),
    };
  },
  choose: (writing, value, path) => {
    const [first, ...rest] = listOf(value).map((branch, n) => {
      const at = join(path, n);
      const { guard, actions } = writing.object(branch, at, 'branch', ['guard', 'actions']);
      const cond = guard === undefined ? undefined : condOf(writing, guard, join(at, 'guard'));
      return { cond, inside: contentOf(writing, actions, join(at, 'actions')) };
    });
    const others = rest.flatMap(({ cond, inside }): Tag[] => [
      cond === undefined ? { name: 'else' } : { name: 'elseif', attributes: { cond } },
      ...inside,
    ]);
    return {
      name: 'if',
      attributes: { cond: first?.cond ?? 'true' },
      children: [...(first?.inside ?? []), ...others],
    };
  },
};

const SEND = ['type', 'to', 'processor', 'data', 'params', 'delay', 'id', 'idTo'];

function writeSend(writing: Writing, value: Json, path: string): Tag {
  const { type, to, processor, data, params, delay, id, idTo } = writing.object(value, path, 'send', SEND);
  const namelist = writing.namelist(data);
  if (to !== undefined) writing.saysNone = true;
  const attributes = {
    ...writing.either(type, 'event', path),
    ...writing.either(to, 'target', path),
    ...writing.either(processor, 'type', path),
    ...writing.either(delay, 'delay', path),
    ...(id === undefined ? {} : { id: writing.text(id, path) }),
    ...(idTo === undefined ? {} : { idlocation: writing.text(idTo, path) }),
    namelist,
  };
  const isContent = data !== undefined && namelist === undefined;
  const content = isContent ? [writing.valued('content', undefined, data, join(path, 'data'))] : [];
  return {
    name: 'send',
    attributes,
    children: [...content, ...writing.params(params, join(path, 'params'))],
  };
}

/** A guard as `cond`. */
export function condOf(writing: Writing, guard: Json, path: string): string {
  const text = typeof guard === 'string' ? delimitedExpression(guard) : undefined;
  if (text !== undefined) return writing.isJsonata && text.startsWith('{') ? `(${text})` : text;
  const state = isJsonObject(guard) && Object.keys(guard).length === 1 ? own(guard, 'in') : undefined;
  if (typeof state === 'string' && /^#[^']*$/.test(state)) return `In('${state.slice(1)}')`;
  if (writing.isJsonata) return JSON.stringify(typeof guard === 'string' ? { type: guard } : guard);
  writing.refuse(path, 'guard like this');
  return 'false';
}
