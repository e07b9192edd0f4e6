import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { itemReaderFailure } from '../errors.js';
import type { Answer, CompiledState, Move } from '../program.js';
import { askHandler } from '../task/request.js';
import type { Request, StoredCollection } from './collection.js';
import type { Format } from './format.js';
import { athenaFiles, inventoryOf } from './manifest.js';
import { objectPage } from './object-list.js';

/** The names of the handlers that are asked. */
export interface ReaderTasks {
  readonly get: string;
  readonly list: string;
}

/** What an execution that reads for a Map is begun with. */
interface Order {
  readonly parameters: JsonObject;
  readonly maxItems: number;
}

/**
 * What an execution does that reads the items of a Map: it asks for one object, or page of a list, after the other, keeps
 * what was in them, and ends with the number of items. A list goes on for as long as it says that it is cut off, an object
 * whose ContentRange ends before its last byte is asked for from there on.
 */
export function reading(
  lists: boolean,
  format: Format | undefined,
  tasks: ReaderTasks,
): Pick<CompiledState, 'enter' | 'resume'> {
  const first = lists ? 'list' : format?.manifest === undefined ? 'data' : 'manifest';
  const taken = (collection: StoredCollection, answer: Answer, { maxItems }: Order): StoredCollection => {
    const [request, ...requests] = collection.requests;
    if (request === undefined) throw new Error('nothing was asked for');
    const given = resultOf(answer);
    if (request.of === 'list') return withPage(collection.items, request, requests, given, format);
    const { text, from } = objectOf(given, collection.text);
    if (from !== undefined) {
      const rest = { ...request, parameters: { ...request.parameters, Range: `bytes=${from}-` } };
      return { ...collection, requests: [rest, ...requests], text };
    }
    const { items } = collection;
    if (request.of === 'manifest') return { items, requests: namedBy(text, request, format) };
    const more = format?.items(text, request.headers) ?? [];
    return { items: [...items, ...more].slice(0, maxItems), requests };
  };
  const goOn = (thread: ActiveThread, { items, requests }: StoredCollection, { maxItems }: Order): Move => {
    const [request] = requests;
    if (request !== undefined && items.length < maxItems) {
      thread.turn.collection = { ...thread.turn.collection, items, requests };
      const arn = request.of === 'list' ? tasks.list : tasks.get;
      const terms = { timeout: undefined, heartbeat: undefined };
      return {
        kind: 'wait',
        waiting: askHandler(thread, { kind: 'lambda', arn }, request.parameters, terms),
      };
    }
    thread.turn.collection = { items: items.slice(0, maxItems), requests: [] };
    return { kind: 'exit', output: Math.min(items.length, maxItems), next: undefined };
  };
  return {
    enter(thread) {
      const order = thread.input as unknown as Order;
      thread.turn.collection = undefined;
      return goOn(thread, { items: [], requests: [{ of: first, parameters: order.parameters }] }, order);
    },
    resume(thread, answer) {
      const { collection } = thread.turn;
      if (collection === undefined) throw new Error('nothing is read');
      const order = thread.input as unknown as Order;
      thread.turn.collection = taken(collection, answer, order);
      return goOn(thread, thread.turn.collection, order);
    },
  };
}

function resultOf(answer: Answer): Json {
  if (answer.type === 'task.succeeded') return answer.output;
  if (answer.type !== 'task.failed') throw new Error(`a reader is not answered by ${answer.type}`);
  throw itemReaderFailure(answer.cause === '' ? answer.error : `${answer.error}: ${answer.cause}`);
}

function withPage(
  items: readonly Json[],
  request: Request,
  requests: readonly Request[],
  given: Json,
  format: Format | undefined,
): StoredCollection {
  const page = objectPage(given);
  const { parameters } = request;
  const next: Request[] =
    page.next === undefined
      ? []
      : [{ of: 'list', parameters: { ...parameters, ContinuationToken: page.next } }];
  if (format === undefined) return { items: [...items, ...page.items], requests: [...next, ...requests] };
  const objects = page.items.map((item): Request => {
    return { of: 'data', parameters: { Bucket: bucketOf(parameters), Key: own(item, 'Key') ?? '' } };
  });
  return { items, requests: [...objects, ...next, ...requests] };
}

/** The objects that a manifest names. */
function namedBy(text: string, { parameters }: Request, format: Format | undefined): Request[] {
  if (format?.manifest === 'athena')
    return athenaFiles(text).map((place) => ({ of: 'data', parameters: { ...place } }));
  const { files, headers } = inventoryOf(text, bucketOf(parameters));
  return files.map((place) => ({ of: 'data', parameters: { ...place }, headers }));
}

function bucketOf(parameters: JsonObject): string {
  const bucket = own(parameters, 'Bucket');
  return typeof bucket === 'string' ? bucket : '';
}

const RANGE = /^bytes \d+-(\d+)\/(\d+)$/;

/** What came of an object so far, and the byte that it goes on from where it came in part. */
function objectOf(given: Json, before = ''): { readonly text: string; readonly from?: number } {
  const body = isJsonObject(given) ? own(given, 'Body') : given;
  if (typeof body !== 'string') throw itemReaderFailure('What gets the object gave no Body that is a text.');
  const range = isJsonObject(given) ? own(given, 'ContentRange') : undefined;
  const [, last, total] = (typeof range === 'string' ? RANGE.exec(range) : null) ?? [];
  const from = Number(last) + 1;
  const text = before + body;
  return from < Number(total) && body !== '' ? { text, from } : { text };
}
