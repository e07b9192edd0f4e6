import { parseDuration } from '../../core/duration.js';
import { isReserved } from '../machine-event.js';
import type {
  ChartCancel,
  ChartEmit,
  ChartEvent,
  ChartPause,
  ChartRaise,
  ChartSend,
  Template,
} from './chart.js';
import { type Findings, isPlain, join, type Members } from './findings.js';
import { readText } from './reader.js';
import { readTemplate } from './template.js';

const EMITTED = { type: readType, data: readTemplate, event: readWhole };
const RAISED = { ...EMITTED, delay: readDelay, id: readText };
const SENT = { to: readAddress, ...RAISED };

/** `{ raise: type }` or `{ raise: { type, data, delay, id } }`: an event for the machine itself. */
export function readRaise(
  findings: Findings,
  value: unknown,
  at: string,
  path: string,
): ChartRaise | undefined {
  const read = findings.members('raise', RAISED, named(value), at);
  const event = read && eventOf(findings, 'raise', read, at);
  return event && { kind: 'raise', path, event, delay: pauseOf(findings, read, at) };
}

/** `{ send: { to, type, data, delay, id } }`: an event for another instance, or its own mailbox. */
export function readSend(
  findings: Findings,
  value: unknown,
  at: string,
  path: string,
): ChartSend | undefined {
  const read = findings.members('send', SENT, value, at);
  const event = read && eventOf(findings, 'send', read, at);
  return event && { kind: 'send', path, event, to: read.to, delay: pauseOf(findings, read, at) };
}

/** `{ emit: type }` or `{ emit: { type, data } }`. */
export function readEmit(
  findings: Findings,
  value: unknown,
  at: string,
  path: string,
): ChartEmit | undefined {
  const read = findings.members('emit', EMITTED, named(value), at);
  const event = read && eventOf(findings, 'emit', read, at);
  return event && { kind: 'emit', path, event };
}

/** `{ cancel: id }`. */
export function readCancel(
  findings: Findings,
  value: unknown,
  at: string,
  path: string,
): ChartCancel | undefined {
  if (!isText(value)) return findings.wrongType('cancel', at, value);
  const id = readTemplate(findings, value, at);
  return id && { kind: 'cancel', path, id };
}

/** An event without anything else is its name. */
function named(value: unknown): unknown {
  return typeof value === 'string' ? { type: value } : value;
}

/** What is a text, or gives one. */
function isText(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'function';
}

function readAddress(findings: Findings, value: unknown, path: string, noun: string): Template | undefined {
  if (value === '' || isText(value)) return readTemplate(findings, value, path);
  return findings.wrongType('text', path, value, noun);
}

function eventOf(
  findings: Findings,
  noun: string,
  { type, data, event }: Members<typeof EMITTED>,
  at: string,
): ChartEvent | undefined {
  if (event !== undefined) {
    const extra = type !== undefined ? 'type' : data !== undefined ? 'data' : undefined;
    if (extra !== undefined) findings.tell('event', join(at, extra), noun, extra);
    return { whole: event };
  }
  if (type === undefined) return findings.tell('missing event', at, noun);
  return type === '' ? undefined : { type, data };
}

/** The whole event, `{ type, … }`, as a program's are. */
function readWhole(findings: Findings, value: unknown, path: string): Template | undefined {
  const template = readTemplate(findings, value, path);
  if (template?.kind !== 'constant') return template;
  if (!isPlain(template.value)) findings.wrongType('', path, value, 'event');
  else if (template.value['type'] === undefined) findings.tell('missing event', path, 'event');
  else readType(findings, template.value['type'], join(path, 'type'), 'event');
  return template;
}

/** The name of an event; an empty text where it is none. */
function readType(findings: Findings, value: unknown, path: string, noun: string): string {
  if (typeof value !== 'string') findings.wrongType('text', path, value, noun);
  else if (value === '' || value === '*' || isReserved(value))
    findings.tell('invalid-name event', path, value);
  else return value;
  return '';
}

function readDelay(findings: Findings, value: unknown, path: string): Template | undefined {
  const named = typeof value === 'string' ? findings.delays.get(value) : undefined;
  if (named !== undefined) return named;
  const template = readTemplate(findings, value, path);
  if (template?.kind === 'constant') {
    const duration = parseDuration(template.value);
    if ('problem' in duration) findings.add({ ...duration.problem, path });
  }
  return template;
}

/** `delay`, and the `id` that is of use only with one. */
function pauseOf(
  findings: Findings,
  { delay, id }: Members<typeof RAISED>,
  at: string,
): ChartPause | undefined {
  if (delay !== undefined) return { delay, id, path: join(at, 'delay') };
  return id === undefined ? undefined : findings.tell('never id', join(at, 'id'));
}
