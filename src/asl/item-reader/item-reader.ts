import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { itemReaderFailure } from '../errors.js';
import { MAX_READ_ITEMS } from '../limits.js';
import type { CompiledState, StateSource } from '../program.js';
import type { QuerySource } from '../query.js';
import { compileServiceCall } from '../service-call.js';
import { compileNumberField, type NumberField, type NumberKind } from '../states/number-field.js';
import { compileFormat, type Format } from './format.js';
import { parsed } from './json-text.js';
import { objectPage } from './object-list.js';
import { reading } from './reading.js';

/** Reads the items of a distributed Map, in an execution of its own. Step Functions: ItemReader. */
export interface ItemReader {
  /** The part of the definition that that execution runs. */
  readonly part: string;
  readonly tasks: readonly string[];
  /** What that execution is begun with. Throws StateFailure. */
  input(thread: ActiveThread, selected: Parameters<NumberField>[1]): JsonObject;
  /** The items of a text that stands for all that would be read. Throws StateFailure. */
  parse(text: string, maxItems: number): readonly Json[];
  /** What that execution does. */
  readonly work: Pick<CompiledState, 'enter' | 'resume'>;
}

const ACTIONS = /^(arn:aws[\w-]*:states:[^:]*:[^:]*:s3:)(getObject|listObjectsV2)$/;

/** The ItemReader of a distributed Map, if it has one; `portion` is the part by which its items are held. */
export function compileItemReader(
  { fields: state, queryLanguage }: StateSource,
  portion: string,
): ItemReader | undefined {
  const fields = state.object('ItemReader');
  if (fields === undefined) return undefined;
  const source: QuerySource = { fields, queryLanguage };
  const call = compileServiceCall(source, ACTIONS, 'S3: getObject or listObjectsV2');
  const [, service = '', action] = call.resource ?? [];
  const lists = action === 'listObjectsV2';
  const config = fields.object('ReaderConfig');
  if (!lists && action !== undefined) fields.require('ReaderConfig');
  const most = config && compileNumberField({ fields: config, queryLanguage }, 'MaxItems', MAX_ITEMS);
  const format = config && compileFormat(config, lists);
  config?.close();
  fields.close();
  const tasks = { get: `${service}getObject`, list: `${service}listObjectsV2`, portion };
  const asks = lists ? (format === undefined ? [tasks.list] : [tasks.list, tasks.get]) : [tasks.get];
  return {
    part: fields.path,
    tasks: action === undefined ? [] : asks,
    input(thread, selected) {
      const made = call.payload?.(thread, selected) ?? {};
      if (!isJsonObject(made)) throw itemReaderFailure('What the reader is asked with is no object.');
      // None means as many as there are, and so does 0.
      const maxItems = most?.(thread, selected) || MAX_READ_ITEMS;
      return { parameters: made, maxItems };
    },
    parse: (text, maxItems) => parseWhole(format, text).slice(0, maxItems),
    work: reading(lists, format, tasks),
  };
}

/** Without a format it is a page of a list, or what one would come to. */
function parseWhole(format: Format | undefined, text: string): readonly Json[] {
  if (format !== undefined) return format.items({ text, isEnd: true, row: 0 }).items;
  const value = parsed(text, 'The list');
  return isJsonArray(value) ? value : objectPage(value).items;
}

const MAX_ITEMS: NumberKind = {
  whole: true,
  min: 0,
  max: MAX_READ_ITEMS,
  complaint: (field) => `field ${field} must be positive`,
  failure: itemReaderFailure,
};
