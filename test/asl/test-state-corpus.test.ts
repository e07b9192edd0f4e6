import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Json, type JsonObject, own } from '../../src/core/json.js';
import {
  Refused,
  type StateTestAnswer,
  type StateTestRequest,
  simulate,
  testState,
} from '../../src/embed/asl.js';
import { functionOf } from './recorded-case.js';
import { Recording } from './recording.js';

const CORPUS = '../shared/corpora/asl/cases.jsonl';

/** What is measured today may not get worse. */
const FLOOR = 29;

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly definition: object;
  readonly params: JsonObject;
  readonly input: Json;
  readonly wildcardValues?: readonly string[];
  readonly expected:
    | { readonly raises: true; readonly code: string; readonly message: string }
    | { readonly raises: false; readonly response: Json };
}

describe.skipIf(!existsSync(CORPUS))('the recordings of TestState', () => {
  it('are repeated by testState', async () => {
    const cases = readCases('test_state');
    const differences = await Promise.all(cases.map(difference));
    const repeated = differences.filter((one) => one === undefined).length;
    console.log(`ASL recordings of TestState: ${repeated}/${cases.length}`);
    for (const name of new Set(cases.map(({ id }) => functionOf(id)))) {
      const own = differences.filter((_, i) => functionOf(cases[i]?.id ?? '') === name);
      console.log(`  ${own.filter((one) => one === undefined).length}/${own.length} ${name}`);
    }
    for (const [i, one] of differences.entries())
      if (one !== undefined) console.log(`  ${cases[i]?.id}: ${one}`);
    expect(repeated).toBeGreaterThanOrEqual(FLOOR);
  });
});

describe.skipIf(!existsSync(CORPUS))('the recordings of StartSyncExecution', () => {
  it('are repeated by simulations of Express workflows', async () => {
    for (const { definition, input, expected, wildcardValues = [] } of readCases('sync')) {
      const { status, output = null } = await simulate(definition, input, { type: 'EXPRESS' });
      const { status: wanted, output: given = null } = expected as unknown as JsonObject;
      // The recorder put its own words in the place of the role and of what is a time.
      const words = { RoleArn: 'sfn_role_arn', execution_rolearn: 'sfn_role_arn' };
      const times = { StartTime: 'start-time', EnteredTime: 'entered-time' };
      const more = { execution_starttime: 'start-time', state_enteredtime: 'entered-time' };
      const ours = masked({ status, output }, { ...words, ...times, ...more });
      const theirs = { status: wanted ?? null, output: given };
      expect(new Recording(wildcardValues).difference(theirs, ours)).toBeUndefined();
    }
  });
});

function readCases(wanted: string): Case[] {
  return readFileSync(CORPUS, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case)
    .filter(({ kind }) => kind === wanted);
}

async function difference({
  definition,
  params,
  wildcardValues,
  expected,
}: Case): Promise<string | undefined> {
  const recording = new Recording(wildcardValues ?? []);
  try {
    const answer = toApi(await testState(definition, fromApi(params)));
    if (expected.raises) return `it answers ${JSON.stringify(answer)}`;
    return recording.difference(expected.response, masked(answer));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, message } = { ...error.problems[0], code: error.code };
    if (!expected.raises) return `it is refused: ${code}: ${message}`;
    const { code: wanted, message: words } = expected;
    return recording.difference({ code: wanted, message: words }, { code, message: message ?? '' });
  }
}

/** Members of a request, and of an answer, that are JSON texts in the API and values here. */
const TEXTS = ['input', 'variables', 'context', 'result'];

function fromApi(params: JsonObject): StateTestRequest {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (TEXTS.includes(name)) return [name, JSON.parse(value as string) as Json];
      return [name, name === 'mock' ? fromApi(value as JsonObject) : value];
    }),
  );
}

function toApi({ inspectionData, output, ...rest }: StateTestAnswer): Json {
  return {
    ...rest,
    ...(output === undefined ? {} : { output: JSON.stringify(output) }),
    ...(inspectionData === undefined ? {} : { inspectionData: texts(inspectionData as JsonObject) }),
  };
}

/** Counts and what became of an error are no texts. */
function texts(data: JsonObject): JsonObject {
  const plain = (name: string) => /^(tolerated|max|errorDetails|request|response)/.test(name);
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, plain(name) ? value : JSON.stringify(value)]),
  );
}

/** The recorder put words in the place of what differs each time. */
function masked(answer: Json, words: JsonObject = { StartTime: 'date', EnteredTime: 'date' }): Json {
  const text = JSON.stringify(answer).replaceAll('000000000000', '111111111111');
  return JSON.parse(text, (name, value: Json) => own(words, name) ?? value) as Json;
}
