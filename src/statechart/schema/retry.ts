import { MAX_DELAY_MS } from '../../core/limits.js';
import { MAX_RETRY_ATTEMPTS } from '../limits.js';
import type { ChartRetry } from './chart.js';
import { type Findings, isPlain } from './findings.js';
import { readDuration, readFlag, readList, readNames } from './reader.js';

const KEYS = {
  attempts: readAttempts,
  delay: readDuration,
  backoff: readBackoff,
  maxDelay: readDuration,
  jitter: readFlag,
  errors: (findings: Findings, value: unknown, path: string) => readNames(findings, value, path, 'errors'),
};

/** Everything under `retry`: a number of attempts, `{ attempts, delay, … }`, or a list of these. */
export function readRetry(findings: Findings, value: unknown, path: string): readonly ChartRetry[] {
  return readList(findings, value, path, readOne);
}

function readOne(findings: Findings, value: unknown, path: string): ChartRetry | undefined {
  const written = typeof value === 'number' ? { attempts: value } : value;
  if (!isPlain(written)) return findings.wrongType('retry', path, value);
  const retry = findings.members('retry', KEYS, written, path) ?? {};
  const {
    attempts = 3,
    delay = 1_000,
    backoff = 2,
    maxDelay = MAX_DELAY_MS,
    jitter = false,
    errors = [],
  } = retry;
  return { attempts, delayMs: delay, rate: backoff, maxDelayMs: maxDelay, jitter, errors };
}

function readAttempts(findings: Findings, value: unknown, path: string): number | undefined {
  return readFactor(findings, value, path, MAX_RETRY_ATTEMPTS, Number.isInteger(value));
}

function readBackoff(findings: Findings, value: unknown, path: string): number | undefined {
  return readFactor(findings, value, path, Number.MAX_VALUE, true);
}

function readFactor(
  findings: Findings,
  value: unknown,
  path: string,
  most: number,
  isKind: boolean,
): number | undefined {
  if (typeof value === 'number' && isKind && value >= 1 && value <= most) return value;
  return findings.tell('retry', path);
}
