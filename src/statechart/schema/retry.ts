import { parseDuration } from '../../core/duration.js';
import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { MAX_DELAY_MS } from '../../core/limits.js';
import { MAX_RETRY_ATTEMPTS } from '../limits.js';
import type { ChartRetry } from './chart.js';
import { type Findings, join, type Keys, listOf } from './findings.js';

const KEYS: Keys = {
  known: ['attempts', 'delay', 'backoff', 'maxDelay', 'jitter', 'errors'],
  renamed: {
    MaxAttempts: 'attempts',
    IntervalSeconds: 'delay',
    BackoffRate: 'backoff',
    MaxDelaySeconds: 'maxDelay',
    ErrorEquals: 'errors',
    maxAttempts: 'attempts',
    interval: 'delay',
    rate: 'backoff',
  },
};

/** Everything under `retry`: a number of attempts, `{ attempts, delay, … }`, or a list of these. */
export function readRetry(findings: Findings, value: Json, path: string): readonly ChartRetry[] {
  return listOf(value, path).flatMap(([item, at]): ChartRetry[] => {
    if (typeof item === 'number') return readOne(findings, { attempts: item }, at);
    if (isJsonObject(item)) findings.object(item, at, '"retry"', KEYS);
    else findings.wrongType(at, '"retry"', 'a number of attempts or an object', item);
    return isJsonObject(item) ? readOne(findings, item, at) : [];
  });
}

function readOne(findings: Findings, retry: JsonObject, path: string): ChartRetry[] {
  const attempts = readNumber(findings, retry, 'attempts', path, 3, MAX_RETRY_ATTEMPTS);
  const errors = own(retry, 'errors');
  return [
    {
      attempts: Math.floor(attempts),
      delayMs: readDelay(findings, retry, 'delay', path, 1_000),
      rate: readNumber(findings, retry, 'backoff', path, 2, Number.MAX_VALUE),
      maxDelayMs: readDelay(findings, retry, 'maxDelay', path, MAX_DELAY_MS),
      jitter: findings.flag(retry, 'jitter', path, '"retry"'),
      errors: errors === undefined ? [] : readErrors(findings, errors, join(path, 'errors')),
    },
  ];
}

function readErrors(findings: Findings, value: Json, path: string): readonly string[] {
  return listOf(value, path).flatMap(([item, at]) => {
    if (typeof item === 'string' && item !== '') return [item];
    findings.wrongType(at, '"errors"', "names of errors, such as 'Timeout'", item);
    return [];
  });
}

function readNumber(
  findings: Findings,
  retry: JsonObject,
  key: 'attempts' | 'backoff',
  path: string,
  otherwise: number,
  most: number,
): number {
  const value = own(retry, key);
  if (value === undefined) return otherwise;
  const isWhole = key === 'backoff' || Number.isInteger(value);
  if (typeof value === 'number' && isWhole && value >= 1 && value <= most) return value;
  const kind = key === 'backoff' ? 'a number from 1 on' : `a whole number from 1 to ${most}`;
  const message = `"${key}" of "retry" must be ${kind}`;
  findings.add({ code: 'retry', message, path: join(path, key) });
  return otherwise;
}

function readDelay(
  findings: Findings,
  retry: JsonObject,
  key: 'delay' | 'maxDelay',
  path: string,
  otherwise: number,
): number {
  const value = own(retry, key);
  if (value === undefined) return otherwise;
  const duration = parseDuration(value);
  if ('value' in duration) return duration.value;
  findings.add({ ...duration.problem, path: join(path, key) });
  return otherwise;
}
