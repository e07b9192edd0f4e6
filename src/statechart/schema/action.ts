import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { isReserved } from '../machine-event.js';
import type { ChartAction, ChartAssign, ChartNamed, ChartRaise, ChartSend, Template } from './chart.js';
import { type Findings, join, type Keys, listOf } from './findings.js';
import { readFunction, readTemplate } from './template.js';

const NAMED: Keys = { known: ['type', 'params'] };
const ASSIGN: Keys = { known: ['assign'] };
const RAISE: Keys = { known: ['raise'] };
const RAISED: Keys = { known: ['type', 'data'], later: ['delay', 'id'] };
const SEND: Keys = { known: ['send'] };
const SENT: Keys = { known: ['to', 'type', 'data'], later: ['delay', 'id'] };

/** Actions of the language that have no place here yet. */
const LATER = ['emit', 'cancel', 'log', 'choose', 'spawn', 'stop'];

/** Everything under `entry`, `exit` or `actions`: one action or a list. */
export function readActions(findings: Findings, value: Json, path: string): readonly ChartAction[] {
  const actions: ChartAction[] = [];
  for (const [item, at] of listOf(value, path)) {
    const action = readAction(findings, item, at);
    if (action !== undefined) actions.push(action);
  }
  return actions;
}

function readAction(findings: Findings, value: Json, path: string): ChartAction | undefined {
  if (typeof value === 'string') return named(findings, value, undefined, path);
  if (!isJsonObject(value)) {
    findings.wrongType(path, 'an action', 'a name or an object', value);
    return undefined;
  }
  if (own(value, 'assign') !== undefined) {
    findings.object(value, path, 'an assign action', ASSIGN);
    return readAssign(findings, own(value, 'assign') ?? null, join(path, 'assign'));
  }
  if (own(value, 'raise') !== undefined) return readRaise(findings, value, path);
  if (own(value, 'send') !== undefined) return readSend(findings, value, path);
  const later = LATER.find((key) => own(value, key) !== undefined);
  if (later !== undefined) {
    findings.notSupported(join(path, later), `the action "${later}"`);
    return undefined;
  }
  return readNamed(findings, value, path);
}

function readNamed(findings: Findings, value: JsonObject, path: string): ChartNamed | undefined {
  findings.object(value, path, 'an action', NAMED);
  const type = own(value, 'type');
  if (typeof type !== 'string') {
    const hint = 'an action is a name, { type, params }, { assign }, { raise } or { send }';
    if (type === undefined)
      findings.add({ code: 'missing', message: 'an action needs a "type"', path, hint });
    else findings.wrongType(join(path, 'type'), '"type" of an action', 'a text', type);
    return undefined;
  }
  const params = own(value, 'params');
  return named(
    findings,
    type,
    params === undefined ? undefined : readTemplate(findings, params, join(path, 'params')),
    path,
  );
}

function named(
  findings: Findings,
  name: string,
  params: Template | undefined,
  path: string,
): ChartNamed | undefined {
  if (name.startsWith('xstate.')) {
    findings.notSupported(path, `the built-in action "${name}"`);
    return undefined;
  }
  if (name === '' || /^\s*\{%/.test(name)) {
    const hint = 'to change the context write { assign: { field: "{% … %}" } }';
    findings.add({
      code: 'invalid-name',
      message: `an action is named, not ${JSON.stringify(name)}`,
      path,
      hint,
    });
    return undefined;
  }
  return { kind: 'named', path, name, params };
}

/** The value of `assign`: fields, each a template, or one function that gives several fields. */
export function readAssign(findings: Findings, value: Json, path: string): ChartAssign | undefined {
  const whole = readFunction(value, path);
  if (whole !== undefined) return { kind: 'assign', path, fields: whole };
  if (!isJsonObject(value)) {
    findings.wrongType(path, '"assign"', 'an object of fields', value);
    return undefined;
  }
  const fields: (readonly [string, Template])[] = [];
  for (const key of Object.keys(value)) {
    const template = readTemplate(findings, own(value, key) ?? null, join(path, key));
    if (template !== undefined) fields.push([key, template]);
  }
  return { kind: 'assign', path, fields };
}

function readRaise(findings: Findings, value: JsonObject, path: string): ChartRaise | undefined {
  findings.object(value, path, 'a raise action', RAISE);
  const raise = own(value, 'raise') ?? null;
  const at = join(path, 'raise');
  const event = typeof raise === 'string' ? { type: raise } : findings.object(raise, at, '"raise"', RAISED);
  if (event === undefined) return undefined;
  const type = readEventType(findings, event, at, '"raise"');
  return type === undefined ? undefined : { kind: 'raise', path, type, data: readData(findings, event, at) };
}

function readSend(findings: Findings, value: JsonObject, path: string): ChartSend | undefined {
  findings.object(value, path, 'a send action', SEND);
  const at = join(path, 'send');
  const send = findings.object(own(value, 'send') ?? null, at, '"send"', SENT);
  if (send === undefined) return undefined;
  const type = readEventType(findings, send, at, '"send"');
  const to = own(send, 'to');
  const target = to === undefined ? undefined : readTemplate(findings, to, join(at, 'to'));
  if (to === undefined) {
    const hint = 'the id of an instance, or an expression that gives one';
    findings.add({ code: 'missing', message: '"send" needs a "to"', path: at, hint });
  } else if (typeof to !== 'string') {
    findings.wrongType(join(at, 'to'), '"to" of "send"', 'a text', to);
    return undefined;
  }
  if (type === undefined || target === undefined) return undefined;
  return { kind: 'send', path, to: target, type, data: readData(findings, send, at) };
}

function readEventType(
  findings: Findings,
  event: JsonObject,
  path: string,
  what: string,
): string | undefined {
  const type = own(event, 'type');
  if (type === undefined) {
    findings.add({ code: 'missing', message: `${what} needs a "type"`, path, hint: 'the name of an event' });
    return undefined;
  }
  if (typeof type !== 'string') {
    findings.wrongType(join(path, 'type'), `"type" of ${what}`, 'a text', type);
    return undefined;
  }
  if (type === '' || type === '*' || isReserved(type)) {
    const message = `an event may not be called ${JSON.stringify(type)}`;
    findings.add({ code: 'invalid-name', message, path: join(path, 'type') });
    return undefined;
  }
  return type;
}

function readData(findings: Findings, event: JsonObject, path: string): Template | undefined {
  const data = own(event, 'data');
  return data === undefined ? undefined : readTemplate(findings, data, join(path, 'data'));
}
