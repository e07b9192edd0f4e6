import type { Json } from '../../core/json.js';
import { parseTimestamp } from '../../core/timestamp.js';
import type { ActiveThread } from '../active-thread.js';
import { compileDataFlow, type DataFlow } from '../data-flow.js';
import { queryFailure, runtimeFailure } from '../errors.js';
import type { Fields } from '../fields.js';
import { compileTyped, isExpressionText } from '../jsonata-query.js';
import { MAX_WAIT_SECONDS } from '../limits.js';
import { compilePathText } from '../path-query.js';
import type { StateSource, StateType } from '../program.js';
import { refuseForeign } from '../query.js';
import { compileState, compileTransition, leaveFor } from './state.js';

const FIELDS = ['SecondsPath', 'Seconds', 'TimestampPath', 'Timestamp'] as const;

/** When the wait is over, in milliseconds since 1970. */
type DueAt = (thread: ActiveThread, selected: Json) => number;

/** Lets time pass, until an instant or for some seconds. States Language: Wait State. */
export const wait: StateType = {
  name: 'Wait',
  compile(source) {
    const transition = compileTransition(source.fields);
    const flow: DataFlow = compileDataFlow(source, { assign: true });
    const dueAt = compileDueAt(source);
    return compileState(source, {
      ...transition,
      enter(thread) {
        const selected = flow.select(thread);
        const due = dueAt(thread, selected);
        const now = thread.turn.event.at;
        if (due - now > MAX_WAIT_SECONDS * 1_000) throw runtimeFailure('Wait state delay is too long.');
        if (due > now) return { kind: 'wait', waiting: thread.timer(due, 'timer') };
        return leaveFor(transition.next, flow.leave(thread, selected));
      },
      resume(thread) {
        return leaveFor(transition.next, flow.leave(thread, flow.select(thread)));
      },
    });
  },
};

function compileDueAt(source: StateSource): DueAt {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', ['SecondsPath', 'TimestampPath']);
  if (queryLanguage === 'JSONata') return compileJsonataDueAt(fields);
  fields.exactlyOne(...FIELDS);
  if (fields.has('Seconds')) return compileSeconds(fields);
  if (fields.has('Timestamp')) return compileTimestamp(fields);
  const secondsPath = compilePathText(fields, 'SecondsPath');
  const timestampPath = compilePathText(fields, 'TimestampPath');
  if (secondsPath === undefined) {
    return (thread, selected) => instantAt(timestampPath?.text ?? '', timestampPath?.find(thread, selected));
  }
  return (thread, selected) => {
    return afterSeconds(thread, secondsAt(secondsPath.text, secondsPath.find(thread, selected)));
  };
}

function compileSeconds(fields: Fields): DueAt {
  const seconds = fields.integer('Seconds', { min: 0, max: 99_999_999 }) ?? 0;
  return (thread) => afterSeconds(thread, seconds);
}

function compileTimestamp(fields: Fields): DueAt {
  const text = fields.text('Timestamp');
  const instant = text === undefined ? undefined : parseTimestamp(text);
  if (text !== undefined && instant === undefined) {
    fields.report({ message: 'String does not match RFC3339 timestamp', path: fields.at('Timestamp') });
  }
  return () => instant?.ms ?? 0;
}

function compileJsonataDueAt(fields: Fields): DueAt {
  fields.exactlyOne('Seconds', 'Timestamp');
  if (fields.has('Seconds')) {
    if (!isExpressionText(fields.any('Seconds'))) return compileSeconds(fields);
    const value = compileTyped(fields, 'Seconds', 'number');
    return (thread) => afterSeconds(thread, wholeSeconds(value?.(thread) ?? null));
  }
  if (!isExpressionText(fields.any('Timestamp'))) return compileTimestamp(fields);
  const value = compileTyped(fields, 'Timestamp', 'string');
  return (thread) => {
    const text = String(value?.(thread));
    const instant = parseTimestamp(text);
    if (instant !== undefined) return instant.ms;
    throw queryFailure(
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      'Timestamp',
    );
  };
}

function wholeSeconds(value: Json): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw queryFailure(`The Seconds field must be a non-negative integer: ${JSON.stringify(value)}`, 'Seconds');
}

function afterSeconds(thread: ActiveThread, seconds: number): number {
  return thread.turn.event.at + seconds * 1_000;
}

function secondsAt(path: string, value: Json | undefined): number {
  if (value === undefined || value === null) {
    throw runtimeFailure(`The SecondsPath parameter does not reference an input value: ${path}`);
  }
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw runtimeFailure(`The SecondsPath parameter cannot be parsed as a long value: ${path} == ${shown}`);
  }
  if (value < 0)
    throw runtimeFailure(`The SecondsPath parameter references a negative value: ${path} == ${shown}`);
  return value;
}

function instantAt(path: string, value: Json | undefined): number {
  if (value === undefined || value === null) {
    throw runtimeFailure(`The TimestampPath parameter does not reference an input value: ${path}`);
  }
  const instant = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (instant !== undefined) return instant.ms;
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  throw runtimeFailure(
    `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${shown}`,
  );
}
