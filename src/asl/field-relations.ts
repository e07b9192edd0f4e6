import { isJsonObject, own } from '../core/json.js';
import { checkPath } from '../expression/jsonpath/jsonpath.js';
import type { Fields } from './fields.js';
import { REFERENCE } from './path-query.js';

/** Rules of a state that are about several of its fields, or about what a field of another type may hold. */
export function checkRelations(type: string, fields: Fields): void {
  if (type === 'Task') checkHeartbeat(fields);
  if (type !== 'Map') return;
  checkItemsPath(fields);
  checkProcessorConfig(fields);
}

/** States Language: Task State. That AWS refuses it is documented; its words were not recorded. */
function checkHeartbeat(fields: Fields): void {
  const heartbeat = fields.peek('HeartbeatSeconds');
  const timeout = fields.peek('TimeoutSeconds');
  if (typeof heartbeat !== 'number' || typeof timeout !== 'number' || heartbeat < timeout) return;
  fields.report({
    message: 'HeartbeatSeconds must be smaller than TimeoutSeconds',
    path: fields.at('HeartbeatSeconds'),
  });
}

/** A path that may find more than one value is no Reference Path. */
function checkItemsPath(fields: Fields): void {
  const text = fields.peek('ItemsPath');
  const parsed = typeof text === 'string' ? checkPath(text) : undefined;
  if (parsed === undefined || 'problem' in parsed) return;
  const isDefinite = parsed.value.segments.every(({ type }) => type === 'name' || type === 'index');
  if (!isDefinite) fields.report({ message: REFERENCE, path: fields.at('ItemsPath') });
}

/** What a distributed Map has to say of its executions, and an inline one may not. */
function checkProcessorConfig(fields: Fields): void {
  const field = fields.has('ItemProcessor') ? 'ItemProcessor' : 'Iterator';
  const processor = fields.peek(field);
  const config = isJsonObject(processor) ? own(processor, 'ProcessorConfig') : undefined;
  if (!isJsonObject(config)) return;
  const path = `${fields.at(field)}/ProcessorConfig`;
  const isDistributed = own(config, 'Mode') === 'DISTRIBUTED';
  const hasType = own(config, 'ExecutionType') !== undefined;
  if (isDistributed && !hasType)
    fields.report({ message: 'These fields are required: [ExecutionType]', path });
  if (!isDistributed && hasType) {
    const message = "Field 'ExecutionType' is not supported";
    fields.report({ message, path: `${path}/ExecutionType`, place: path });
  }
}
