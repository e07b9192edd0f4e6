import { type Json, type JsonObject, own } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { itemReaderFailure } from '../errors.js';
import { MAX_ITEM_BYTES, MAX_WHOLE_TEXT } from '../limits.js';
import { hold, portionsOf, stillHolding } from '../map-run/portions.js';
import type { Answer, CompiledState, Move } from '../program.js';
import { callService, reasonOf } from '../service-call.js';
import type { Format } from './format.js';
import { athenaFiles, inventoryOf } from './manifest.js';
import { objectPart } from './object.js';
import { objectPage } from './object-list.js';
import type { Passage } from './passage.js';
import type { Request, StoredReading } from './stored-reading.js';

/** The names of the handlers that are asked, and the part of the definition by which portions are held. */
export interface ReaderTasks {
  readonly get: string;
  readonly list: string;
  readonly portion: string;
}

/** What an execution that reads for a Map is begun with. */
export interface Order {
  readonly parameters: JsonObject;
  readonly maxItems: number;
}

/** What it ends with: where the items are, and how many. */
export interface ReadItems {
  readonly group: string;
  readonly portions: number;
  readonly total: number;
}

const START: Passage = { text: '', isEnd: false, row: 0 };

/**
 * What an execution does that reads the items of a Map: it asks for one object, or page of a list, or part of an object,
 * after the other, and has what was in it held in portions. It asks for the next once those are there, so that it never
 * holds much.
 */
export function reading(
  lists: boolean,
  format: Format | undefined,
  tasks: ReaderTasks,
): Pick<CompiledState, 'enter' | 'resume'> {
  const first = lists ? 'list' : format?.manifest === undefined ? 'data' : 'manifest';
  return {
    enter(thread) {
      const requests: Request[] = [{ of: first, parameters: orderOf(thread).parameters }];
      return goOn(thread, { requests, total: 0, items: [], portions: 0 }, format, tasks);
    },
    resume(thread, answer, waited) {
      const { reading } = thread.turn;
      if (reading === undefined) throw new Error('nothing is read');
      if (answer.type !== 'child.ended') return goOn(thread, taken(reading, answer, format), format, tasks);
      const waiting = stillHolding(waited, answer);
      return waiting === undefined ? goOn(thread, reading, format, tasks) : { kind: 'wait', waiting };
    },
  };
}

function orderOf({ input }: ActiveThread): Order {
  return input as unknown as Order;
}

/** Makes items of what has come, has them held, asks for more, or is done. */
function goOn(
  thread: ActiveThread,
  last: StoredReading,
  format: Format | undefined,
  tasks: ReaderTasks,
): Move {
  const { maxItems } = orderOf(thread);
  const reading = cut(parsed(last, format), maxItems);
  const [request] = reading.requests;
  const before = reading.total - reading.items.length;
  const portions = portionsOf(reading.items, (index) =>
    itemReaderFailure(`Item ${before + index} has more than ${MAX_ITEM_BYTES} bytes.`),
  );
  const isDone = request === undefined;
  // The last may become longer.
  const rest = isDone ? [] : (portions.pop() ?? []);
  const { group = thread.turn.nextEffectId() } = reading;
  thread.turn.reading = { ...reading, items: rest, group, portions: reading.portions + portions.length };
  if (portions.length > 0) return hold(thread, tasks.portion, group, portions, reading.portions);
  if (isDone) {
    const { total, portions } = thread.turn.reading;
    return { kind: 'exit', output: { group, portions, total }, next: undefined };
  }
  if (request.passage?.isEnd) return goOn(thread, thread.turn.reading, format, tasks);
  const { of, parameters, progress } = request;
  const input = progress === undefined ? parameters : { ...parameters, Range: `bytes=${progress.from}-` };
  return callService(thread, of === 'list' ? tasks.list : tasks.get, input);
}

/** No more than are wanted; then nothing more is asked for. */
function cut(reading: StoredReading, maxItems: number): StoredReading {
  const over = reading.total - maxItems;
  if (over < 0) return reading;
  const items = over === 0 ? reading.items : reading.items.slice(0, -over);
  return { ...reading, items, total: maxItems, requests: [] };
}

/** What has come of the next object, made items of. */
function parsed(reading: StoredReading, format: Format | undefined): StoredReading {
  const [request, ...requests] = reading.requests;
  if (request?.passage === undefined || request.of !== 'data' || format === undefined) return reading;
  const { items, rest } = format.items(request.passage);
  const isOver = rest.isEnd && rest.text === '';
  return {
    ...withItems(reading, items),
    requests: isOver ? requests : [{ ...request, passage: rest }, ...requests],
  };
}

function withItems(reading: StoredReading, items: readonly Json[]): StoredReading {
  if (items.length === 0) return reading;
  return { ...reading, total: reading.total + items.length, items: [...reading.items, ...items] };
}

/** With the answer to what was asked for. */
function taken(reading: StoredReading, answer: Answer, format: Format | undefined): StoredReading {
  const [request, ...requests] = reading.requests;
  if (request === undefined) throw new Error('nothing was asked for');
  const given = resultOf(answer);
  if (request.of === 'list') return withPage({ ...reading, requests }, request, given, format);
  const { text, progress } = objectPart(given, request.parameters, request.progress);
  const before = request.passage ?? START;
  const passage = { ...before, text: before.text + text, isEnd: progress === undefined };
  const { progress: _, ...asked } = request;
  const next = { ...asked, passage, ...(progress && { progress }) };
  if (request.of === 'data') return { ...reading, requests: [next, ...requests] };
  if (passage.text.length > MAX_WHOLE_TEXT)
    throw itemReaderFailure(`The manifest has more than ${MAX_WHOLE_TEXT} characters.`);
  return { ...reading, requests: passage.isEnd ? namedBy(passage.text, request, format) : [next] };
}

function resultOf(answer: Answer): Json {
  if (answer.type === 'task.succeeded') return answer.output;
  if (answer.type !== 'task.failed') throw new Error(`a reader is not answered by ${answer.type}`);
  throw itemReaderFailure(reasonOf(answer));
}

function withPage(
  reading: StoredReading,
  request: Request,
  given: Json,
  format: Format | undefined,
): StoredReading {
  const { parameters } = request;
  const { items, next } = objectPage(given);
  const further = next === undefined ? [] : [pageAfter(request, next)];
  if (format === undefined)
    return { ...withItems(reading, items), requests: [...further, ...reading.requests] };
  const Bucket = bucketOf(parameters);
  const objects = items.map((item): Request => {
    return { of: 'data', parameters: { Bucket, Key: own(item, 'Key') ?? '' } };
  });
  return { ...reading, requests: [...objects, ...further, ...reading.requests] };
}

/** The page that a token leads to. One after twice as many pages is the mark that a circle must come by (Brent). */
function pageAfter({ parameters, pages = 0, mark }: Request, token: string): Request {
  if (token === mark) throw itemReaderFailure('The continuation tokens of the list go round in a circle.');
  const after = {
    of: 'list',
    parameters: { ...parameters, ContinuationToken: token },
    pages: pages + 1,
  } as const;
  if (Number.isInteger(Math.log2(pages + 1))) return { ...after, mark: token };
  return mark === undefined ? after : { ...after, mark };
}

/** The objects that a manifest names. */
function namedBy(text: string, { parameters }: Request, format: Format | undefined): Request[] {
  if (format?.manifest === 'athena')
    return athenaFiles(text).map((place) => ({ of: 'data', parameters: { ...place } }));
  const { files, headers } = inventoryOf(text, bucketOf(parameters));
  return files.map((place) => ({ of: 'data', parameters: { ...place }, passage: { ...START, headers } }));
}

function bucketOf(parameters: JsonObject): string {
  const bucket = own(parameters, 'Bucket');
  return typeof bucket === 'string' ? bucket : '';
}
