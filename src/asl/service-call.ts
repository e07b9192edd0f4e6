import type { TaskFailedEvent } from '../core/event.js';
import type { Json } from '../core/json.js';
import type { ActiveThread } from './active-thread.js';
import { compileJsonataField } from './jsonata-query.js';
import { compilePayloadField } from './path-query.js';
import type { Move } from './program.js';
import { type Maker, type QuerySource, refuseForeign } from './query.js';
import { askHandler } from './task/request.js';

/** What a distributed Map asks a service for, apart from its states: one of few actions, and what it is asked with. */
export interface ServiceCall {
  /** What the Resource was matched as; undefined where it is none of those. */
  readonly resource: RegExpExecArray | undefined;
  readonly payload: Maker | undefined;
}

/** Reads Resource, and Parameters or Arguments as the query language has it. */
export function compileServiceCall(source: QuerySource, actions: RegExp, hint: string): ServiceCall {
  const { fields, queryLanguage } = source;
  fields.require('Resource');
  const resource = fields.text('Resource');
  const match = actions.exec(resource ?? '') ?? undefined;
  if (resource !== undefined && match === undefined) {
    const message = "The field 'Resource' does not match any of the allowed values";
    fields.report({ message, path: fields.at('Resource'), hint });
  }
  refuseForeign(source, 'JSONPath', ['Parameters']);
  refuseForeign(source, 'JSONata', ['Arguments']);
  const payload =
    queryLanguage === 'JSONPath'
      ? compilePayloadField(fields, 'Parameters')
      : compileJsonataField(fields, 'Arguments');
  return { resource: match, payload };
}

/** Has the handler of an action asked, which no state bounds and no history tells of. */
export function callService(thread: ActiveThread, action: string, input: Json): Move {
  return { kind: 'wait', waiting: askHandler(thread, { arn: action }, input) };
}

/** Why a handler gave nothing, in one text. */
export function reasonOf({ error, cause }: TaskFailedEvent): string {
  return cause === '' ? error : `${error}: ${cause}`;
}
