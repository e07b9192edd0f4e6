import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.js';
import { compile } from '../../src/embed/jsonata.js';
import { ExpressionError } from '../../src/expression/expression-error.js';

/** One case of the JSONata project's own test suite. */
interface Case {
  readonly id: string;
  readonly expr: string;
  readonly dataset?: string;
  readonly data?: Json;
  readonly bindings?: JsonObject;
  readonly result?: Json;
  readonly undefinedResult?: boolean;
  readonly code?: string;
  readonly unordered?: boolean;
}

const FOLDER = new URL('../../../shared/corpora/jsonata/', import.meta.url);
const CASES = new URL('cases.jsonl', FOLDER);

/** The cases that do not pass, for reasons that docs/decisions/0015 gives. */
const KNOWN_TO_DIFFER = new Set([
  'range-operator/case021',
  'tail-recursion/case002',
  'tail-recursion/case005',
]);

/** The share of the cases that pass, in per cent: the aim. */
const AIM = 99.5;

function outcome({ expr, bindings }: Case, input: Json | undefined): { value?: unknown; code?: string } {
  try {
    return { value: compile(expr, { now: () => Date.UTC(2026, 0, 1), seed: 'corpus' })(input, bindings) };
  } catch (error) {
    if (error instanceof ExpressionError) return { code: error.code };
    throw error;
  }
}

/** A value as text, its numbers to fifteen digits; where order does not count, its items sorted. */
function comparable(value: unknown, unordered = false): string {
  const digits = (_key: string, part: unknown) =>
    typeof part === 'number' ? Number(part.toPrecision(15)) : part;
  const sortedKeys = (_key: string, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : digits('', part);
  if (!unordered || !Array.isArray(value)) return JSON.stringify(value, sortedKeys) ?? 'undefined';
  return JSON.stringify(value.map((item) => JSON.stringify(item, sortedKeys)).toSorted());
}

function passes(one: Case, input: Json | undefined): boolean {
  const { value, code } = outcome(one, input);
  if (one.code !== undefined) return code === one.code;
  if (code !== undefined) return false;
  if (one.undefinedResult) return value === undefined;
  return comparable(value, one.unordered) === comparable(one.result, one.unordered);
}

const groupOf = ({ id }: Case) => id.replace(/\/.*/, '');

/** `12 of 12 function-sum`, a line a group. */
function table(cases: readonly Case[], failed: ReadonlySet<Case>): string {
  return [...new Set(cases.map(groupOf))]
    .map((group) => {
      const members = cases.filter((one) => groupOf(one) === group);
      const passed = members.filter((one) => !failed.has(one)).length;
      return `  ${passed === members.length ? ' ' : '!'} ${passed} of ${members.length} ${group}`;
    })
    .join('\n');
}

describe.skipIf(!existsSync(CASES))(
  'the test suite of the JSONata project (skipped where it is absent)',
  () => {
    it('passes but for the cases that are known to differ', () => {
      const cases: Case[] = readFileSync(CASES, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const datasets: Record<string, Json> = JSON.parse(
        readFileSync(new URL('datasets.json', FOLDER), 'utf8'),
      );
      const failed = new Set(
        cases.filter((one) => !passes(one, one.dataset === undefined ? one.data : datasets[one.dataset])),
      );
      const rate = (100 * (cases.length - failed.size)) / cases.length;
      console.log(
        `JSONata: ${cases.length - failed.size} of ${cases.length} cases pass (${rate.toFixed(2)} %)\n${table(cases, failed)}`,
      );
      expect([...failed].map(({ id }) => id).filter((id) => !KNOWN_TO_DIFFER.has(id))).toEqual([]);
      expect(rate).toBeGreaterThanOrEqual(AIM);
    });
  },
);
