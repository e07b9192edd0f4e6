import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import { isJsonArray, isJsonObject, type Json } from '../../src/core/json.js';
import { isError } from '../../src/core/problem.js';
import type { Behaviour } from './drive.js';
import {
  type Case,
  functionOf,
  hasCorpus,
  type Lambda,
  readCases,
  type Score,
  score,
} from './recorded-case.js';

/** What is measured today may not get worse. */
const FLOORS = { cases: 346, outcome: 346, cause: 346, history: 187 };

describe.skipIf(!hasCorpus)('the recordings of Step Functions', () => {
  const all = readCases();
  const inScope = all.filter(
    ({ kind, validated, needs, lambdaTrivial }) =>
      kind === 'execution' && validated && (lambdaTrivial === true || needs.every((need) => need === 'none')),
  );
  const supported = inScope.filter((one) => asl.check(one.definition).every(isSupported));

  it('are repeated by what runs here', () => {
    const scores = supported.map((one) => score(one, lambdas(one.lambdas ?? [])));
    const counts = {
      cases: scores.length,
      outcome: scores.filter(({ outcome }) => outcome).length,
      cause: scores.filter(({ cause }) => cause).length,
      history: scores.filter(({ history }) => history).length,
    };
    report(counts, inScope, scores.filter(({ history }) => history !== undefined).length);
    reportFunctions(inScope, scores);
    reportKinds(all);
    for (const { id, difference } of scores)
      if (difference !== undefined) console.log(`  ${id}: ${difference}`);
    for (const part of ['cases', 'outcome', 'cause', 'history'] as const) {
      expect(counts[part], part).toBeGreaterThanOrEqual(FLOORS[part]);
    }
  });

  it('hold no definition that AWS ran and we refuse, but for what is not supported yet', () => {
    const refused = all
      .filter(({ kind, validated }) => kind === 'execution' && validated)
      .flatMap(({ id, definition }) =>
        asl
          .check(definition)
          .filter((problem) => isError(problem) && isSupported(problem))
          .map(({ message, path }) => `${id}: ${message} at ${path}`),
      );
    expect(refused).toEqual([]);
  });
});

function isSupported({ code }: { readonly code: string }): boolean {
  return code !== 'not-supported';
}

function report(
  counts: Readonly<Record<keyof typeof FLOORS, number>>,
  all: readonly Case[],
  withHistory: number,
): void {
  const rate = (part: number, whole: number): string =>
    `${part}/${whole} (${((100 * part) / whole).toFixed(1)} %)`;
  const { cases, outcome, cause, history } = counts;
  const histories = all.filter(({ expected }) => expected.history !== undefined).length;
  console.log(`ASL recordings that run here: ${rate(cases, all.length)} of those that need no service`);
  console.log(
    `  status, output and error name: ${rate(outcome, cases)}, of all ${rate(outcome, all.length)}`,
  );
  console.log(`  and cause:                     ${rate(cause, cases)}, of all ${rate(cause, all.length)}`);
  console.log(
    `  and whole history:             ${rate(history, withHistory)}, of all ${rate(history, histories)}`,
  );
}

/** The same, by test function of the recorder, since some have twenty cases and most have one. */
function reportFunctions(all: readonly Case[], scores: readonly Score[]): void {
  const byId = new Map(scores.map((score) => [score.id, score]));
  const functions = new Map<string, { whole: number; cases: number }>();
  for (const { id, expected } of all) {
    const name = functionOf(id);
    const counted = functions.get(name) ?? { whole: 0, cases: 0 };
    const { cause = false, history = expected.history === undefined } = byId.get(id) ?? {};
    counted.cases++;
    if (cause && history) counted.whole++;
    functions.set(name, counted);
  }
  const whole = [...functions.values()].filter(({ whole, cases }) => whole === cases).length;
  console.log(`  test functions that are repeated whole: ${whole}/${functions.size}`);
  for (const [name, { whole, cases }] of functions) console.log(`    ${whole}/${cases} ${name}`);
}

/** Kinds that are counted by tests of their own. */
const COUNTED_ELSEWHERE = ['create', 'validate', 'test_state'];

function reportKinds(all: readonly Case[]): void {
  const kinds = new Map<string, number>();
  for (const { kind } of all) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const others = [...kinds].filter(([kind]) => kind !== 'execution' && !COUNTED_ELSEWHERE.includes(kind));
  const counts = others.map(([kind, n]) => `${kind} ${n}`);
  console.log(`  of these kinds only the definitions are looked at: ${counts.join(', ')}`);
}

/** The functions of a case, under their ARNs and behind the optimized integration. */
function lambdas(list: readonly Lambda[]): Record<string, Behaviour> {
  const byName: Record<string, Behaviour> = {};
  for (const lambda of list) byName[lambda.arn] = behaviour(lambda, pythonJson);
  byName['arn:aws:states:::lambda:invoke'] = (input, attempt) => {
    const { FunctionName, Payload } = input as { FunctionName: string; Payload: Json };
    const lambda = list.find(({ arn }) => arn === FunctionName || arn.endsWith(`:${FunctionName}`));
    if (lambda === undefined)
      return { error: 'Lambda.ResourceNotFoundException', cause: 'Function not found' };
    // The integration sends an absent payload as an empty object.
    const outcome = behaviour(lambda, (value) => JSON.stringify(value))(Payload ?? {}, attempt);
    return outcome.output === undefined ? outcome : { ...outcome, output: invocation(outcome.output) };
  };
  return byName;
}

function behaviour(lambda: Lambda, write: (value: Json) => string): Behaviour {
  switch (lambda.behaviour) {
    case 'return-input':
      return (input) => ({ output: input });
    case 'return-value':
      return () => ({ output: lambda.value ?? null });
    case 'return-string':
      return () => ({ output: 'a'.repeat(257 * 1024) });
    case 'sleep-then-return-input':
      return (input) => ({ output: input, afterMs: (lambda.seconds ?? 0) * 1_000 });
    case 'raise':
      return (_, attempt) => raised(lambda, write, attempt);
    default:
      throw new Error(`unknown behaviour ${lambda.behaviour}`);
  }
}

/** What Lambda makes of an exception in a Python function. */
function raised(
  { errorType = 'Exception', errorMessage = '' }: Lambda,
  write: (value: Json) => string,
  attempt: number,
): { error: string; cause: string } {
  const line = `raise ${errorType}("${errorMessage}")`;
  return {
    error: errorType,
    cause: write({
      errorMessage,
      errorType,
      requestId: `00000000-0000-4000-8000-${String(attempt).padStart(12, '0')}`,
      stackTrace: [`  File "/var/task/handler.py", line 2, in handler\n    ${line}\n`],
    }),
  };
}

/** JSON as Python writes it: with a blank after every comma and colon. */
function pythonJson(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}: ${pythonJson(member)}`,
  );
  return `{${members.join(', ')}}`;
}

/** The result of lambda:invoke around a function's own. */
function invocation(payload: Json): Json {
  const length = String(JSON.stringify(payload).length);
  const headers = {
    Connection: 'keep-alive',
    'Content-Length': length,
    'Content-Type': 'application/json',
    Date: 'date',
    'X-Amz-Executed-Version': '$LATEST',
    'x-amzn-Remapped-Content-Length': '0',
    'x-amzn-RequestId': 'x-amzn-RequestId',
    'X-Amzn-Trace-Id': 'X-Amzn-Trace-Id',
  };
  const all = Object.fromEntries(
    Object.entries(headers).map(([name, text]) => [
      name,
      ['Date', 'x-amzn-RequestId', 'X-Amzn-Trace-Id'].includes(name) ? text : [text],
    ]),
  );
  return {
    ExecutedVersion: '$LATEST',
    Payload: payload,
    SdkHttpMetadata: { AllHttpHeaders: all, HttpHeaders: headers, HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: 'RequestId' },
    StatusCode: 200,
  };
}
