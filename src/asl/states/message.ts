import { correlationOf } from '../../core/correlation.js';
import { isJsonObject, type Json, own } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { compileDataFlow } from '../data-flow.js';
import { dataLimitFailure, ERRORS, runtimeFailure, StateFailure } from '../errors.js';
import { type AwaitedMessage, effectsOf, type Waiting } from '../execution.js';
import type { Fields } from '../fields.js';
import { failureDetails, WHOLE } from '../history.js';
import { compileJsonataField, compileTyped, isExpressionText } from '../jsonata-query.js';
import { DEFAULT_TASK_TIMEOUT_SECONDS } from '../limits.js';
import { compilePathText } from '../path-query.js';
import { exceedsDataLimit } from '../payload.js';
import type { Answer, StateSource, StateType } from '../program.js';
import { refuseForeign } from '../query.js';
import { compileSeconds } from '../seconds.js';
import { compileRecovery, compileState, compileTransition, leaveFor } from './state.js';

type Made = (thread: ActiveThread, selected: Json) => Json;

/**
 * Waits for a message that carries the same key and value. No part of the States Language: an extension of ours, which
 * Step Functions refuses.
 */
export const message: StateType = {
  name: 'Message',
  compile(source) {
    const transition = compileTransition(source.fields);
    const flow = compileDataFlow(source, { payload: 'map', assign: true });
    const key = compileKey(source);
    const value = compileValue(source);
    const timeout = compileSeconds(source, 'TimeoutSeconds');
    const recovery = compileRecovery(source, transition);
    return compileState(source, {
      ...recovery,
      enter(thread) {
        const selected = flow.select(thread);
        const awaited = awaitedBy(key(thread, selected), value(thread, selected));
        return { kind: 'wait', waiting: begin(thread, awaited, timeout(thread, selected)) };
      },
      resume(thread, answer, waited) {
        const received = take(thread, answer, waited);
        return leaveFor(transition.next, flow.leave(thread, received));
      },
    });
  },
};

/** A text; in JSONata it may be an expression. */
function compileKey({ fields, queryLanguage }: StateSource): Made {
  fields.require('CorrelationKey');
  if (queryLanguage === 'JSONata' && isExpressionText(fields.any('CorrelationKey'))) {
    const key = compileTyped(fields, 'CorrelationKey', 'string');
    return (thread) => key?.(thread) ?? '';
  }
  const text = fields.text('CorrelationKey');
  if (text === '') fields.report({ message: 'Value cannot be empty', path: fields.at('CorrelationKey') });
  return () => text ?? '';
}

/** What is there, an expression, or, in JSONPath, a path. */
function compileValue(source: StateSource): Made {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', ['CorrelationValuePath']);
  if (queryLanguage === 'JSONata') {
    fields.require('CorrelationValue');
    const make = compileJsonataField(fields, 'CorrelationValue');
    return (thread, selected) => make?.(thread, selected) ?? null;
  }
  fields.exactlyOne('CorrelationValue', 'CorrelationValuePath');
  const path = compilePathText(fields, 'CorrelationValuePath');
  const fixed = fixedValue(fields);
  return (thread, selected) => (path === undefined ? fixed : path.get(thread, selected));
}

function fixedValue(fields: Fields): Json {
  return fields.any('CorrelationValue') ?? null;
}

function awaitedBy(key: Json, value: Json): AwaitedMessage {
  const subject = correlationOf(String(key), value);
  if ('problem' in subject) throw runtimeFailure(`${subject.problem.message}.`);
  return { key: String(key), value, subject: subject.value };
}

/** The wait is a timer, which whoever has the message finds by what is waited for. */
function begin(thread: ActiveThread, awaited: AwaitedMessage, timeout: number | undefined): Waiting {
  const { turn } = thread;
  const { key, value, subject } = awaited;
  const limit = timeout === undefined ? {} : { timeoutInSeconds: timeout };
  thread.record('MessageScheduled', { key, value, ...limit });
  const id = turn.nextEffectId();
  const dueAt = turn.event.at + (timeout ?? DEFAULT_TASK_TIMEOUT_SECONDS) * 1_000;
  turn.effects.push({ type: 'timer', id, dueAt, subject });
  return { for: 'message', effect: id, message: awaited };
}

/** What came: the message's key, value and data. Throws StateFailure where nothing did. */
function take(thread: ActiveThread, answer: Answer, waited: Waiting): Json {
  thread.turn.cancel(effectsOf(waited));
  if (answer.type === 'timer.fired') {
    const failure = new StateFailure(ERRORS.timeout, undefined);
    thread.record('MessageTimedOut', failureDetails(failure.error, failure.cause));
    throw failure;
  }
  if (answer.type !== 'task.succeeded') throw new Error(`a message is no ${answer.type}`);
  if (exceedsDataLimit(answer.output)) throw dataLimitFailure(thread.state);
  const output = isJsonObject(answer.output) ? (own(answer.output, 'data') ?? null) : null;
  thread.record('MessageReceived', { output, outputDetails: WHOLE });
  return answer.output;
}
