import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.js';
import { type DriveOptions, drive } from './drive.js';
import { readCases } from './recorded-case.js';

const MESSAGES = '../shared/corpora/asl/messages.json';

/** The Error Names that Step Functions gives itself; the others' causes are their services'. */
const OURS = [
  ...['States.Runtime', 'States.QueryEvaluationError', 'States.DataLimitExceeded', 'States.ItemReaderFailed'],
  ...['States.Timeout', 'States.TaskFailed'],
];

/** Causes that nothing can earn here, and why. */
const NOT_HERE: readonly (readonly [part: string, why: string])[] = [
  ['The activity activity_arn does not exist.', 'an activity needs not be created'],
  [
    "'ExecutionArn': 'arn:",
    'written as Python shows an object; nested executions are compared with their recordings',
  ],
];

type Earning = readonly [definition: Json, input: Json, options?: DriveOptions];

const one = (name: string, state: JsonObject, QueryLanguage = 'JSONPath'): Json => ({
  QueryLanguage,
  StartAt: name,
  States: { [name]: state },
});

/** Behind a Pass state, so that it is entered with the fourth event. */
const second = (
  name: string,
  state: JsonObject,
  QueryLanguage = 'JSONPath',
  before: JsonObject = {},
): Json => ({
  QueryLanguage,
  StartAt: 'Before',
  States: { Before: { Type: 'Pass', ...before, Next: name }, [name]: state },
});

const inline = {
  ProcessorConfig: { Mode: 'INLINE' },
  StartAt: 'I',
  States: { I: { Type: 'Pass', End: true } },
};
const distributed = {
  ...inline,
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
};

const map = (more: JsonObject): Json =>
  one('MapState', { Type: 'Map', ItemsPath: '$.items', ItemProcessor: distributed, ...more, End: true });

const read = (more: JsonObject, output: Json, input: Json = {}): Earning => {
  const Resource = 'arn:aws:states:::s3:getObject';
  const ItemReader = { Resource, Parameters: { Bucket: 'b', Key: 'k' }, ...more };
  const state = { Type: 'Map', ItemReader, ItemProcessor: distributed, End: true };
  return [one('MapState', state), input, { handlers: { [Resource]: () => ({ output }) } }];
};

const items = (Items: Json, more: JsonObject = {}): JsonObject => ({
  ...{ Type: 'Map', Items, ItemProcessor: inline, ...more, End: true },
});

const TIMES = [
  ...['05-12-2016T21:29:29Z', '2016-12-05 21:29:29Z', '2016-12-05T21:29:29'],
  ...['2016-12-05T25:29:29Z', '2016-13-05T21:29:29Z'],
];
const VALUES: readonly Json[] = ['string', 1, null, true, { foo: 'bar' }];
const LITERALS = ["'string'", '1', 'null', 'true', "{'foo': 'bar'}", '$fn := function($x){$x}'];

const lambda = 'arn:aws:states:::lambda:invoke';
const undefinedIn = (more: JsonObject, Type = 'Pass'): Json =>
  one('State0', { Type, ...(Type === 'Task' ? { Resource: lambda } : {}), ...more, End: true }, 'JSONata');

const large = 'x'.repeat(262_144);

/** Executions that fail with what was recorded, each of them for itself. */
const EARNING: readonly Earning[] = [
  ...['NoNumber', {}].flatMap((value): Earning[] => [
    [map({ MaxConcurrencyPath: '$.MaxConcurrencyValue' }), { items: [], MaxConcurrencyValue: value }],
    [
      map({ ToleratedFailureCountPath: '$.ToleratedFailureCount' }),
      { items: [], ToleratedFailureCount: value },
    ],
    [
      map({ ToleratedFailurePercentagePath: '$.ToleratedFailurePercentage' }),
      { items: [], ToleratedFailurePercentage: value },
    ],
  ]),
  [map({ ToleratedFailureCountPath: '$.n' }), { items: [], n: -1 }],
  [map({ ToleratedFailurePercentagePath: '$.n' }), { items: [], n: 101 }],
  [one('RaiseRuntime', { Type: 'Pass', InputPath: '$.no.such.result.path', End: true }), {}],
  ...[-1.5, 1.5, -1].map(
    (waitSeconds): Earning => [
      one('WaitState', { Type: 'Wait', SecondsPath: '$.input.waitSeconds', End: true }),
      { input: { waitSeconds } },
    ],
  ),
  ...TIMES.flatMap((time): Earning[] => [
    [
      one('WaitUntil', { Type: 'Wait', TimestampPath: '$.TimestampValue', End: true }),
      { TimestampValue: time },
    ],
    [
      one('WaitState', { Type: 'Wait', Timestamp: '{% $states.input.time %}', End: true }, 'JSONata'),
      { time },
    ],
  ]),
  [second('fail', { Type: 'Fail', ErrorPath: '$.ErrorX' }), { Error: 1 }],
  [second('fail', { Type: 'Fail', CausePath: '$.NoSuchCausePath' }), { Error: 1 }],
  [one('pass', { Type: 'Pass', InputPath: '$.NoSuchInputPath', End: true }), {}],
  [one('pass', { Type: 'Pass', OutputPath: '$.NoSuchOutputPath', End: true }), {}],
  ...['$$.Execution.Input.no_such_jsonpath', '$.no_such_jsonpath'].map(
    (path): Earning => [one('pass', { Type: 'Pass', Parameters: { 'value.$': path }, End: true }), { a: 1 }],
  ),
  [
    one('task', { Type: 'Task', Resource: 'f', TimeoutSecondsPath: '$.NoSuchTimeoutSecondsPath', End: true }),
    {},
  ],
  ...LITERALS.map((text): Earning => [one('MapIterateState', items(`{% ${text} %}`), 'JSONata'), {}]),
  ...VALUES.flatMap((value): Earning[] => [
    [second('MapIterateState', items('{% $ItemsVar %}'), 'JSONata', { Assign: { ItemsVar: value } }), {}],
    [
      second('MapIterateState', { Type: 'Map', ItemProcessor: inline, End: true }, 'JSONata', {
        Output: value,
      }),
      {},
    ],
  ]),
  [
    {
      QueryLanguage: 'JSONata',
      StartAt: 'Work',
      States: {
        Work: {
          ...{ Type: 'Task', Resource: 'f', End: true },
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'A' }],
        },
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Pass', Next: 'C' },
        C: { Type: 'Pass', Next: 'Fallback' },
        Fallback: { Type: 'Pass', Output: { error: '{% $stateError %}' }, End: true },
      },
    },
    {},
    { handlers: { f: () => ({ error: 'Lost' }) } },
  ],
  [undefinedIn({ Arguments: '{% $doesNotExist %}' }, 'Task'), {}],
  [undefinedIn({ Arguments: { FunctionName: '{% $doesNotExist %}' } }, 'Task'), {}],
  [
    second('State_1', { Type: 'Pass', Parameters: { 'a.$': '$', 'b.$': '$' }, End: true }),
    'x'.repeat(200_000),
  ],
  [
    one('Invoke', { Type: 'Task', Resource: lambda, End: true }),
    {},
    { handlers: { [lambda]: () => ({ output: large }) } },
  ],
  [
    one('Slow', { Type: 'Task', Resource: 'f', TimeoutSeconds: 1, End: true }),
    {},
    { handlers: { f: () => ({ afterMs: 9_000 }) } },
  ],
  read({ ReaderConfig: { InputType: 'JSON', MaxItemsPath: '$.MaxItems' } }, '[]', { MaxItems: 1.5 }),
  read({ ReaderConfig: { InputType: 'JSON', MaxItemsPath: '$.MaxItems' } }, '[]', { MaxItems: -1 }),
  read({ ReaderConfig: { InputType: 'JSON' } }, '"text"'),
  read({ ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' } }, 'a,a\n1,2'),
];

describe.skipIf(!existsSync(MESSAGES))('the causes that Step Functions was recorded to give', () => {
  const { errorCauses } = readMessages();
  const recorded = OURS.flatMap((error) => (errorCauses[error] ?? []).map((cause) => ({ error, cause })));
  const inCases = readCases()
    .filter(({ kind, validated }) => kind === 'execution' && validated)
    .map((one) => JSON.stringify(one.expected))
    .join('\n');
  const earned = EARNING.map(([definition, input, options]) => {
    const run = drive(definition, input, options ?? {});
    return { ...run, input };
  });

  it('are all earned, by the recorded executions or by these', () => {
    const missing = recorded
      .filter(({ cause }) => !NOT_HERE.some(([part]) => cause.includes(part)))
      .filter(({ error, cause }) => !earned.some((run) => run.error === error && isCause(cause, run)))
      .filter(({ cause }) => !isIn(inCases, cause));
    expect(missing).toEqual([]);
  });

  it('and nothing is run here for nothing', () => {
    const idle = earned.filter(
      (run) => !recorded.some(({ error, cause }) => run.error === error && isCause(cause, run)),
    );
    expect(idle.map(({ error, cause }) => `${error}: ${cause}`)).toEqual([]);
  });
});

function readMessages(): { readonly errorCauses: Readonly<Record<string, readonly string[]>> } {
  return existsSync(MESSAGES)
    ? (JSON.parse(readFileSync(MESSAGES, 'utf8')) as ReturnType<typeof readMessages>)
    : { errorCauses: {} };
}

/** Whether a cause is the one that was recorded, in which the input and some names are placeholders. */
function isCause(
  recorded: string,
  { cause, input }: { readonly cause: string | undefined; readonly input: Json },
): boolean {
  const told = cause === undefined || cause === '' ? 'None' : cause;
  // What a path into the context object was looked for in was not recorded.
  const [before = '', after] = recorded.includes('$$.') ? recorded.split('<json-input:1>') : [recorded];
  if (after !== undefined) return told.startsWith(before) && told.endsWith(after);
  return told === recorded.replaceAll('<json-input:1>', JSON.stringify(input));
}

/** Whether a text stands in a JSON text, or in a JSON text within it. */
function isIn(json: string, text: string): boolean {
  const once = JSON.stringify(text).slice(1, -1);
  return json.includes(once) || json.includes(JSON.stringify(once).slice(1, -1));
}
