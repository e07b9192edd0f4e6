import type { ChildResult } from '../../core/event.js';
import { isJsonArray, type Json, type JsonObject } from '../../core/json.js';
import type { Fields } from '../fields.js';

const TRANSFORMATIONS = ['NONE', 'COMPACT', 'FLATTEN'] as const;
const OUTPUT_TYPES = ['JSON', 'JSONL'] as const;

/** What is made of the results of a Map's executions. Step Functions: ResultWriter, WriterConfig. */
export interface ResultFormat {
  /** NONE: all that there is to say of an execution; COMPACT: its output; FLATTEN: the members of an output that is a list. */
  readonly transformation: (typeof TRANSFORMATIONS)[number];
  /** JSON: one list; JSONL: each value in a line of its own. */
  readonly type: (typeof OUTPUT_TYPES)[number];
}

/** Without a ResultWriter. */
export const PLAIN: ResultFormat = { transformation: 'COMPACT', type: 'JSON' };

/** Results that are written are whole where nothing else is said, those that are handed on are outputs. */
export function compileResultFormat(config: Fields | undefined, isWritten: boolean): ResultFormat {
  const transformation = config?.oneOf('Transformation', TRANSFORMATIONS);
  const type = config?.oneOf('OutputType', OUTPUT_TYPES);
  config?.close();
  return { transformation: transformation ?? (isWritten ? 'NONE' : 'COMPACT'), type: type ?? 'JSON' };
}

/** What a result comes to. Of an execution that did not succeed it is always all there is to say. */
export function entriesOf(
  { transformation }: ResultFormat,
  { status, output }: ChildResult,
  details: () => JsonObject,
): readonly Json[] {
  if (transformation === 'NONE' || status !== 'succeeded') return [details()];
  return transformation === 'FLATTEN' && isJsonArray(output) ? output : [output];
}

/**
 * All entries together, as a file has them.
 *
 * @example
 * fileText({ transformation: 'COMPACT', type: 'JSONL' }, [{ a: 1 }, 2]); // => '{"a":1}\n2\n'
 * fileText({ transformation: 'COMPACT', type: 'JSON' }, [{ a: 1 }, 2]); // => '[{"a":1},2]'
 */
export function fileText({ type }: ResultFormat, entries: readonly Json[]): string {
  if (type === 'JSON') return JSON.stringify(entries);
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** All entries together, as the state hands them on. */
export function outputOf(format: ResultFormat, entries: readonly Json[]): Json {
  return format.type === 'JSON' ? entries : fileText(format, entries);
}

/** How the name of a file ends. */
export function extensionOf({ type }: ResultFormat): string {
  return type === 'JSON' ? 'json' : 'jsonl';
}
