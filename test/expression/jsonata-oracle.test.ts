import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { ExpressionError } from '../../src/expression/expression-error.js';
import { compileJsonata } from '../../src/expression/jsonata/jsonata.js';
import { documents, expressions } from './jsonata-expressions.js';
import { matchingExpressions, numberExpressions, timeExpressions } from './jsonata-formats.js';

/** Other seeds look elsewhere. */
const SEED = Number(process.env['DETENT_EXPRESSION_SEED'] ?? 20_260);

type Outcome = { readonly value: unknown } | { readonly code: string };

function ours(text: string, input: Json): Outcome {
  const checked = compileJsonata(text);
  if ('problem' in checked) return { code: checked.problem.code };
  try {
    return { value: checked.value.evaluate(input) };
  } catch (error) {
    if (error instanceof ExpressionError) return { code: error.code };
    throw error;
  }
}

/** Undefined where the reference implementation breaks down, or gives what is no JSON. */
async function theirs(text: string, input: Json): Promise<Outcome | undefined> {
  try {
    // It writes into empty arrays of the input; frozen, it fails instead, and the case does not count.
    const value: unknown = await jsonata(text).evaluate(frozen(input));
    return isJson(value)
      ? { value: value === undefined ? undefined : JSON.parse(JSON.stringify(value)) }
      : undefined;
  } catch (error) {
    const { code } = error as { code?: unknown };
    return typeof code === 'string' ? { code } : undefined;
  }
}

function frozen(input: Json): Json {
  const copy = structuredClone(input);
  const freeze = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  };
  freeze(copy);
  return copy;
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return false;
  return Object.values(value).every(isJson);
}

describe('generated expressions', () => {
  it('give what the reference implementation gives', async () => {
    let compared = 0;
    let found = 0;
    await fc.assert(
      fc.asyncProperty(expressions(), documents(), async (text, input) => {
        const expected = await theirs(text, input);
        if (expected === undefined) return;
        compared++;
        const actual = ours(text, input);
        // Which of several errors comes first is not told apart: the reference evaluates in parallel.
        if ('code' in expected) {
          expect(actual, text).toHaveProperty('code');
          return;
        }
        expect(actual, text).toEqual(expected);
        if (expected.value !== undefined) found++;
      }),
      { numRuns: 1000, seed: SEED, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(800);
    expect(found).toBeGreaterThan(400);
  });

  it.each([
    ['times', timeExpressions],
    ['numbers', numberExpressions],
    ['regular expressions', matchingExpressions],
  ])('write, read and find %s as the reference implementation does', async (_what, generate) => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(generate(), async (text) => {
        const expected = await theirs(text, null);
        if (expected === undefined) return;
        const actual = ours(text, null);
        if ('code' in expected) {
          // A limit ends our search, and with it what it would have failed at.
          if (!text.includes(', 2)')) expect(actual, text).toHaveProperty('code');
          return;
        }
        expect(actual, text).toEqual(expected);
        found++;
      }),
      { numRuns: 800, seed: SEED, endOnFailure: true },
    );
    expect(found).toBeGreaterThan(600);
  });
});
