import { MAX_DELAY_MS } from './limits.js';
import type { Checked } from './problem.js';

/** A duration as people and programs write it: see `parseDuration`. */
export type Duration = string | number;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)/y;
const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/**
 * Milliseconds of a duration: a number of milliseconds, a text such as `30s`, `1h30m`, `250ms`, `1y` (365 days), a bare number
 * as text (milliseconds, as XState's `after` keys are), or ISO 8601 without years and months (`PT5M`).
 *
 * @example
 * parseDuration('1h30m'); // => { value: 5400000 }
 * parseDuration('PT0.5S'); // => { value: 500 }
 */
export function parseDuration(source: unknown): Checked<number> {
  const ms = typeof source === 'number' ? source : typeof source === 'string' ? fromText(source) : Number.NaN;
  if (!Number.isFinite(ms) || ms < 0) {
    return {
      problem: {
        code: 'duration',
        message: `${JSON.stringify(source) ?? 'nothing'} is not a duration`,
        path: '',
        hint: 'write 30s, 5m, 1h30m, 2d, a number of milliseconds or ISO 8601 (PT30S)',
      },
    };
  }
  if (ms > MAX_DELAY_MS) {
    return { problem: { code: 'duration', message: 'a duration may not exceed a hundred years', path: '' } };
  }
  return { value: Math.round(ms) };
}

function fromText(text: string): number {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (trimmed.startsWith('P')) return fromIso(trimmed);
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < trimmed.length) {
    const part = PART.exec(trimmed);
    if (part === null) return Number.NaN;
    total += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? Number.NaN);
  }
  return trimmed === '' ? Number.NaN : total;
}

function fromIso(text: string): number {
  const match = ISO.exec(text);
  if (match === null || text.endsWith('T') || text === 'P') return Number.NaN;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (
    (weeks ?? 0) * 604_800_000 +
    (days ?? 0) * 86_400_000 +
    (hours ?? 0) * 3_600_000 +
    (minutes ?? 0) * 60_000 +
    (seconds ?? 0) * 1_000
  );
}
