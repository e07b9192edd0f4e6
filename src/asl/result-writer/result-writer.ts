import { isJsonObject, type Json, own } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { resultWriterFailure } from '../errors.js';
import type { StateSource } from '../program.js';
import { compileServiceCall } from '../service-call.js';
import { compileResultFormat, PLAIN, type ResultFormat } from './result-format.js';
import type { ResultTarget } from './stored-writing.js';

/** What becomes of the results of a distributed Map. Step Functions: ResultWriter. */
export interface ResultWriter {
  readonly format: ResultFormat;
  /** Where they are written; undefined where they are handed on. */
  readonly export: ResultExport | undefined;
}

export interface ResultExport {
  /** The name of the handler that is given each file. */
  readonly task: string;
  /** Throws StateFailure. */
  target(thread: ActiveThread, selected: Json): ResultTarget;
}

const ACTIONS = /^arn:aws[\w-]*:states:[^:]*:[^:]*:s3:putObject$/;

/** The ResultWriter of a distributed Map; without one their outputs are handed on. */
export function compileResultWriter({ fields: state, queryLanguage }: StateSource): ResultWriter {
  const fields = state.object('ResultWriter');
  if (fields === undefined) return { format: PLAIN, export: undefined };
  const isWritten = ['Resource', 'Parameters', 'Arguments'].some((field) => fields.has(field));
  if (!isWritten && !fields.has('WriterConfig')) {
    const message = 'This object should have at least one of the following fields: [Resource, WriterConfig]';
    fields.report({ message, path: fields.path });
  }
  const call = isWritten
    ? compileServiceCall({ fields, queryLanguage }, ACTIONS, 'S3: putObject')
    : undefined;
  if (isWritten) fields.require(queryLanguage === 'JSONPath' ? 'Parameters' : 'Arguments');
  const format = compileResultFormat(fields.object('WriterConfig'), isWritten);
  fields.close();
  const [task] = call?.resource ?? [];
  const payload = call?.payload;
  if (task === undefined || payload === undefined) return { format, export: undefined };
  return { format, export: { task, target: (thread, selected) => targetOf(payload(thread, selected)) } };
}

function targetOf(given: Json): ResultTarget {
  const [bucket, prefix = ''] = isJsonObject(given) ? [own(given, 'Bucket'), own(given, 'Prefix')] : [];
  if (typeof bucket !== 'string' || bucket === '')
    throw resultWriterFailure('What the results are written with has no Bucket that is a text.');
  if (typeof prefix !== 'string')
    throw resultWriterFailure('The Prefix that the results are written under is no text.');
  return { bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` };
}
