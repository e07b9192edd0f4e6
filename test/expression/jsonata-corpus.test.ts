import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/core/chance.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { ExpressionError } from '../../src/expression/expression-error.js';
import { compileJsonata } from '../../src/expression/jsonata/jsonata.js';

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

/** Cases that passed when this was last measured, of 1,118. It may rise and never falls. */
const FLOOR = 1108;

function outcome({ expr, bindings }: Case, input: Json | undefined): { value?: unknown; code?: string } {
  const checked = compileJsonata(expr);
  if ('problem' in checked) return { code: checked.problem.code };
  try {
    const surroundings = {
      bindings: bindings ?? {},
      now: Date.UTC(2026, 0, 1),
      chance: new Chance('corpus'),
    };
    return { value: checked.value.evaluate(input, surroundings) };
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

describe.skipIf(!existsSync(CASES))(
  'the test suite of the JSONata project (skipped where it is absent)',
  () => {
    it(`passes in at least ${FLOOR} of its cases`, () => {
      const cases: Case[] = readFileSync(CASES, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const datasets: Record<string, Json> = JSON.parse(
        readFileSync(new URL('datasets.json', FOLDER), 'utf8'),
      );
      const failed = cases.filter(
        (one) => !passes(one, one.dataset === undefined ? one.data : datasets[one.dataset]),
      );
      const passed = cases.length - failed.length;
      const groups = new Map<string, number>();
      for (const { id } of failed)
        groups.set(id.replace(/\/.*/, ''), (groups.get(id.replace(/\/.*/, '')) ?? 0) + 1);
      const rate = ((100 * passed) / cases.length).toFixed(1);
      console.log(`JSONata: ${passed} of ${cases.length} cases pass (${rate} %)`);
      for (const [group, count] of groups) console.log(`  failing: ${count} of ${group}`);
      expect(passed).toBeGreaterThanOrEqual(FLOOR);
    });
  },
);
