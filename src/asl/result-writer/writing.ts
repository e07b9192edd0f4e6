import type { ChildResult } from '../../core/event.js';
import { type Json, type JsonObject, utf8Length } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { resultWriterFailure } from '../errors.js';
import { MAX_GATHERED_AT_ONCE, RESULT_FILE_BYTES } from '../limits.js';
import type { MapRun } from '../map-run/map-run.js';
import { arnOf, detailsOf } from '../map-run/map-run-names.js';
import type { Answer, Move } from '../program.js';
import { callService, reasonOf } from '../service-call.js';
import { entriesOf, extensionOf, fileText, type ResultFormat } from './result-format.js';
import { NOT_WRITTEN, type ResultKind, type ResultTarget } from './stored-writing.js';

/** How results are written. */
export interface Pen {
  readonly format: ResultFormat;
  /** The name of the handler that is given each file. */
  readonly task: string;
  /** What is said of the next items that never began; none once it was said of all. Or it has to be waited for first. */
  readonly pending: () => readonly Json[] | Move;
}

/** What is written after what. */
const AFTER = { SUCCEEDED: 'FAILED', FAILED: 'PENDING', PENDING: 'manifest' } as const;

/**
 * Has the next results brought, or the next file written. A handler is given one file after the other: results by how
 * they ended, then the manifest that names the files. Step Functions: ResultWriter, Exporting to Amazon S3.
 */
export function goOnWriting(thread: ActiveThread, run: MapRun, target: ResultTarget, pen: Pen): Move {
  for (;;) {
    const { of, next, files } = run.writing ?? NOT_WRITTEN;
    if (of === 'manifest') {
      const manifest = {
        DestinationBucket: target.bucket,
        MapRunArn: arnOf(thread, run),
        ResultFiles: files,
      };
      return put(thread, pen, target, manifestKey(thread, run, target), JSON.stringify(manifest));
    }
    if (of === 'PENDING') {
      const entries = run.failure === undefined ? [] : pen.pending();
      if ('kind' in entries) return entries;
      if (entries.length > 0) return putFile(thread, run, target, pen, of, entries);
    } else {
      const children = run.places(next, MAX_GATHERED_AT_ONCE, of === 'SUCCEEDED');
      if (children.length > 0) {
        const effect = thread.turn.gather(children, RESULT_FILE_BYTES, pen.format.transformation === 'NONE');
        return { kind: 'wait', waiting: { for: 'results', effect } };
      }
    }
    run.write({ of: AFTER[of], next: 0 });
  }
}

/** Works in what was brought, or that a file is written. Undefined once the manifest is. Throws StateFailure. */
export function takeAnswer(
  thread: ActiveThread,
  run: MapRun,
  target: ResultTarget,
  pen: Pen,
  answer: Answer,
): Move | undefined {
  const { of, next, items, executions } = run.writing ?? NOT_WRITTEN;
  if (answer.type === 'task.failed') throw resultWriterFailure(reasonOf(answer));
  if (answer.type !== 'gathered' || of === 'PENDING' || of === 'manifest')
    return of === 'manifest' ? undefined : goOnWriting(thread, run, target, pen);
  const asked = run.places(next, answer.results.length, of === 'SUCCEEDED');
  const entries = answer.results.flatMap((result, at) => {
    const told = of === 'FAILED' ? unsuccessful(result) : result;
    return entriesOf(pen.format, told, () => detailsOf(thread, run, asked[at]?.group ?? run.group, told));
  });
  run.write({
    next: (answer.results.at(-1)?.index ?? next) + 1,
    items: items + answer.results.reduce((sum, { index }) => sum + run.sizeOf(index), 0),
    executions: executions + answer.results.length,
  });
  return putFile(thread, run, target, pen, of, entries);
}

/** What the state hands on in place of the results: where they are. */
export function writtenOutput(thread: ActiveThread, run: MapRun, target: ResultTarget): JsonObject {
  const ResultWriterDetails = { Bucket: target.bucket, Key: manifestKey(thread, run, target) };
  return { MapRunArn: arnOf(thread, run), ResultWriterDetails };
}

/** One that was stopped may not have ended yet, or have succeeded in spite of it: the run counts it as aborted. */
function unsuccessful(result: ChildResult): ChildResult {
  if (result.status === 'failed' || result.status === 'timed_out') return result;
  return { ...result, status: 'stopped', output: null };
}

function putFile(
  thread: ActiveThread,
  run: MapRun,
  target: ResultTarget,
  pen: Pen,
  kind: ResultKind,
  entries: readonly Json[],
): Move {
  const { files } = run.writing ?? NOT_WRITTEN;
  const name = `${kind}_${files[kind].length}.${extensionOf(pen.format)}`;
  const body = fileText(pen.format, entries);
  const file = { Key: folderOf(thread, run, target) + name, Size: utf8Length(body) };
  run.write({ files: { ...files, [kind]: [...files[kind], file] } });
  return put(thread, pen, target, file.Key, body);
}

function put(thread: ActiveThread, { task }: Pen, { bucket }: ResultTarget, Key: string, Body: string): Move {
  return callService(thread, task, { Bucket: bucket, Key, Body });
}

function manifestKey(thread: ActiveThread, run: MapRun, target: ResultTarget): string {
  return `${folderOf(thread, run, target)}manifest.json`;
}

/** Each run has a folder of its own, which is written anew when it is redriven. */
function folderOf({ turn }: ActiveThread, { id }: MapRun, { prefix }: ResultTarget): string {
  return `${prefix}${turn.event.instance}/${id}/`;
}
