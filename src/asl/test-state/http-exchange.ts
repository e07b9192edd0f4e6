import { isJsonArray, isJsonObject, type Json, own } from '../../core/json.js';
import { TASK_REGION } from '../arn.js';

/** What an HTTP Task asks. Step Functions: InspectionDataRequest. */
export interface HttpRequest {
  readonly protocol: string;
  readonly method: string;
  /** With the query. */
  readonly url: string;
  /** `[name: value, …]`, without what the connection adds. */
  readonly headers: string;
  readonly body?: string;
}

/** What it is answered. Step Functions: InspectionDataResponse. */
export interface HttpResponse {
  readonly protocol: string;
  readonly statusCode: string;
  readonly statusMessage?: string;
  readonly headers: string;
  readonly body?: string;
}

/** What Step Functions adds to each request. */
const OWN_HEADERS: readonly (readonly [string, string])[] = [
  ['User-Agent', `Amazon|StepFunctions|HttpInvoke|${TASK_REGION}`],
  ['Range', 'bytes=0-262144'],
];

/**
 * The request that an HTTP Task sends, of what it is given (Step Functions: `http:invoke`). Undefined where it does not say to
 * where.
 *
 * @example
 * httpRequest({ ApiEndpoint: 'https://api.example.com/a', Method: 'GET', QueryParameters: { q: ['1', '2'] } })?.url; // => 'https://api.example.com/a?q=1&q=2'
 */
export function httpRequest(given: Json): HttpRequest | undefined {
  const endpoint = member(given, 'ApiEndpoint');
  const method = member(given, 'Method');
  if (typeof endpoint !== 'string' || typeof method !== 'string') return undefined;
  const query = encoded(member(given, 'QueryParameters'), 'REPEAT');
  const body = bodyOf(given);
  return {
    protocol: protocolOf(endpoint),
    method,
    url: query === '' ? endpoint : `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query}`,
    headers: listed([...pairsOf(member(given, 'Headers')), ...OWN_HEADERS]),
    ...(body === undefined ? {} : { body }),
  };
}

/** The answer to a request, of the task's result. Undefined where it has no status. */
export function httpResponse({ protocol }: HttpRequest, result: Json): HttpResponse | undefined {
  const status = member(result, 'StatusCode');
  if (typeof status !== 'number') return undefined;
  const message = member(result, 'StatusText');
  const body = member(result, 'ResponseBody');
  return {
    protocol,
    statusCode: String(status),
    ...(typeof message === 'string' ? { statusMessage: message } : {}),
    headers: listed(pairsOf(member(result, 'Headers'))),
    ...(body === undefined ? {} : { body: textOf(body) }),
  };
}

function bodyOf(given: Json): string | undefined {
  const body = member(given, 'RequestBody');
  if (body === undefined) return undefined;
  const transform = member(given, 'Transform');
  if (member(transform, 'RequestBodyEncoding') !== 'URL_ENCODED') return textOf(body);
  const format = member(member(transform, 'RequestEncodingOptions'), 'ArrayFormat');
  return encoded(body, typeof format === 'string' ? format : 'INDICES');
}

/** As it is sent in a form, or behind an address; lists in one of the formats that Step Functions has for them. */
function encoded(value: Json | undefined, format: string): string {
  return pairsOf(value, format)
    .map(([name, text]) => `${escaped(name)}=${escaped(text)}`)
    .join('&');
}

/** Half a character has no form there. */
function escaped(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** An object's members as texts, one for each item of a list. */
function pairsOf(value: Json | undefined, format = 'REPEAT'): [string, string][] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, given]): [string, string][] => {
    if (!isJsonArray(given)) return [[name, textOf(given)]];
    if (format === 'COMMAS') return [[name, given.map(textOf).join(',')]];
    return given.map((item, index) => [nameOfItem(name, index, format), textOf(item)]);
  });
}

function nameOfItem(name: string, index: number, format: string): string {
  if (format === 'INDICES') return `${name}[${index}]`;
  return format === 'BRACKETS' ? `${name}[]` : name;
}

function listed(pairs: readonly (readonly [string, string])[]): string {
  return `[${pairs.map(([name, text]) => `${name}: ${text}`).join(', ')}]`;
}

function protocolOf(endpoint: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(endpoint)?.[1]?.toLowerCase() ?? 'https';
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? own(value, name) : undefined;
}
