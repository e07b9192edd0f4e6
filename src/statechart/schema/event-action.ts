import { parseDuration } from '../../core/duration.js';
import { type Json, type JsonObject, own } from '../../core/json.js';
import { isReserved } from '../machine-event.js';
import type { ChartCancel, ChartEmit, ChartEvent, ChartPause, ChartRaise, ChartSend } from './chart.js';
import { type Findings, join, type Keys } from './findings.js';
import { readTemplate } from './template.js';

const RAISED: Keys = { known: ['type', 'data', 'event', 'delay', 'id'] };
const SENT: Keys = { known: ['to', 'type', 'data', 'event', 'delay', 'id'] };
/** Payload may stand beside the type under any key. */
const ANY: Keys = { known: [], open: true };
const EMITTED: Keys = { known: ['type', 'data', 'event'] };

/** `{ raise: type }` or `{ raise: { type, data, delay, id } }`: an event for the machine itself. */
export function readRaise(findings: Findings, value: JsonObject, path: string): ChartRaise | undefined {
  const event = readEvent(findings, value, 'raise', path, RAISED);
  if (event === undefined) return undefined;
  return { kind: 'raise', path, event: event.told, delay: readPause(findings, event.written, event.at) };
}

/** `{ send: { to, type, data, delay, id } }`: an event for another instance, or its own mailbox. */
export function readSend(findings: Findings, value: JsonObject, path: string): ChartSend | undefined {
  const event = readEvent(findings, value, 'send', path, SENT);
  if (event === undefined) return undefined;
  const { written, at, told } = event;
  const to = own(written, 'to');
  if (to !== undefined && typeof to !== 'string') {
    findings.wrongType(join(at, 'to'), '"to" of "send"', 'a text', to);
    return undefined;
  }
  const target = to === undefined ? undefined : readTemplate(findings, to, join(at, 'to'));
  return { kind: 'send', path, event: told, to: target, delay: readPause(findings, written, at) };
}

/** `{ emit: type }` or `{ emit: { type, data } }`. */
export function readEmit(findings: Findings, value: JsonObject, path: string): ChartEmit | undefined {
  const event = readEvent(findings, value, 'emit', path, EMITTED);
  return event && { kind: 'emit', path, event: event.told };
}

/** `{ cancel: id }`. */
export function readCancel(findings: Findings, value: JsonObject, path: string): ChartCancel | undefined {
  findings.object(value, path, 'a cancel action', { known: ['cancel'] });
  const id = own(value, 'cancel') ?? null;
  const at = join(path, 'cancel');
  if (typeof id !== 'string' || id === '') {
    findings.wrongType(at, '"cancel"', 'the id of an event that was held back', id);
    return undefined;
  }
  const template = readTemplate(findings, id, at);
  return template && { kind: 'cancel', path, id: template };
}

interface ReadEvent {
  readonly written: JsonObject;
  readonly at: string;
  readonly told: ChartEvent;
}

function readEvent(
  findings: Findings,
  value: JsonObject,
  key: 'raise' | 'send' | 'emit',
  path: string,
  keys: Keys,
): ReadEvent | undefined {
  findings.object(value, path, `a ${key} action`, { known: [key] });
  const given = own(value, key) ?? null;
  const at = join(path, key);
  const isName = typeof given === 'string' && key !== 'send';
  const written = isName ? { type: given } : findings.object(given, at, `"${key}"`, keys);
  if (written === undefined) return undefined;
  if (own(written, 'event') !== undefined) return readWhole(findings, written, at, key);
  const type = readEventType(findings, written, at, `"${key}"`);
  if (type === undefined) return undefined;
  const data = own(written, 'data');
  const template = data === undefined ? undefined : readTemplate(findings, data, join(at, 'data'));
  return { written, at, told: { type, data: template } };
}

/** `{ event: { type, … } }`: the whole event, as a program's are. */
function readWhole(findings: Findings, written: JsonObject, at: string, key: string): ReadEvent | undefined {
  const extra = ['type', 'data'].find((name) => own(written, name) !== undefined);
  if (extra !== undefined) {
    const message = `"${key}" has a whole "event", and a "${extra}"`;
    findings.add({ code: 'event', message, path: join(at, extra), hint: 'write one of them' });
  }
  const inner = join(at, 'event');
  const template = readTemplate(findings, own(written, 'event') ?? null, inner);
  if (template?.kind === 'constant') {
    const event = findings.object(template.value, inner, '"event"', ANY);
    if (event !== undefined) readEventType(findings, event, inner, '"event"');
  }
  return template && { written, at, told: { whole: template } };
}

/** `delay`, and the `id` that is of use only with one. */
function readPause(findings: Findings, event: JsonObject, path: string): ChartPause | undefined {
  const delay = own(event, 'delay');
  const id = findings.text(event, 'id', path, 'an event');
  if (delay === undefined) {
    if (id === undefined) return undefined;
    const message = 'an event has an id to be cancelled by, but no delay';
    findings.add({ code: 'never', message, path: join(path, 'id'), severity: 'warning' });
    return undefined;
  }
  const at = join(path, 'delay');
  const template = readTemplate(findings, delay, at);
  if (template?.kind === 'constant') {
    const duration = parseDuration(template.value);
    if ('problem' in duration) findings.add({ ...duration.problem, path: at });
  }
  return template && { delay: template, id, path: at };
}

function readEventType(
  findings: Findings,
  event: JsonObject,
  path: string,
  what: string,
): string | undefined {
  const type: Json | undefined = own(event, 'type');
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
