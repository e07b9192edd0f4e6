import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WorkflowType } from '../../src/asl/compile.js';
import { creationRefusal } from '../../src/asl/validation/creation.js';
import type { Diagnostic } from '../../src/asl/validation/diagnostic.js';
import { definitionRefusal, validateDefinition } from '../../src/asl/validation/validation.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { functionOf } from './recorded-case.js';
import { Recording } from './recording.js';

const CORPUS = '../shared/corpora/asl/cases.jsonl';
const MESSAGES = '../shared/corpora/asl/messages.json';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly validated: boolean;
  readonly type?: WorkflowType;
  readonly definition?: Json;
  readonly definitionText?: string;
  readonly params?: JsonObject;
  readonly expected: JsonObject;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly op?: string;
  readonly params?: { readonly definition?: string; readonly type?: WorkflowType };
  readonly raises?: boolean;
}

/** What AWS took: under the id of the case, whatever came of it later. */
interface Accepted {
  readonly id: string;
  readonly kind: string;
  readonly text: string;
  readonly type: WorkflowType;
}

describe.skipIf(!existsSync(CORPUS))('the definitions that AWS was recorded to look at', () => {
  const cases = existsSync(CORPUS) ? readCases() : [];

  it('are taken where AWS took them', () => {
    const taken = cases.filter(({ validated }) => validated).flatMap(acceptedOf);
    const refused = taken.flatMap(({ id, text, type }) => {
      const words = definitionRefusal(text, type);
      return words === undefined ? [] : [`${id}: ${words.slice(0, 300)}`];
    });
    report('taken', taken, refused);
    expect(refused).toEqual([]);
    expect(taken.length).toBeGreaterThanOrEqual(424);
  });

  it('are validated in AWS’s words', () => {
    const validated = cases.filter(({ kind, validated }) => kind === 'validate' && validated);
    const missed = validated.flatMap((one) => {
      const { type, expected } = one;
      const found = validateDefinition(textOf(one), { type, severity: 'WARNING' });
      const difference = new Recording([]).difference(expected, found as unknown as Json, one.id);
      return difference === undefined ? [] : [difference];
    });
    report('validate', validated, missed);
    expect(missed).toEqual([]);
    expect(validated).toHaveLength(7);
  });

  it('and the requests around them are refused in AWS’s words', () => {
    const created = cases.filter(({ kind, validated }) => kind === 'create' && validated);
    const missed = created.flatMap((one) => {
      const { code, message } = one.expected as { code: string; message: string };
      const request = { ...one.params, definition: textOf(one) };
      const found = creationRefusal(request, existing(code)) ?? { code: '', message: '' };
      const recorded = message.replaceAll('arn:<partition>:states:::', 'arn:aws:states:::');
      const difference = new Recording([]).difference({ code, message: recorded }, { ...found }, one.id);
      return difference === undefined ? [] : [difference];
    });
    report('create', created, missed);
    expect(missed).toEqual([]);
    expect(created).toHaveLength(7);
  });
});

/** The machine that has the name already in the one case that is about it, whose definition is another. */
function existing(code: string): Parameters<typeof creationRefusal>[1] {
  return code === 'StateMachineAlreadyExists'
    ? { arn: 'arn:aws:states:us-east-1:111111111111:stateMachine:taken', request: {} }
    : undefined;
}

const task = (Resource: string, more: object = {}): Json => ({ Type: 'Task', Resource, End: true, ...more });
const DYNAMO = 'arn:aws:states:::dynamodb:query';

/** Definitions that earn what AWS was recorded to say of definitions; the cases of the corpus hold only some of them. */
const EARNING: readonly (readonly [words: string, definition: Json, type?: WorkflowType])[] = [
  [
    "does not support '.sync'",
    one('StartExecution', task('arn:aws:states:::states:startExecution.sync')),
    'EXPRESS',
  ],
  [
    "'.waitForTaskToken' service integration  at",
    one('Publish', task('arn:aws:states:::sns:publish.waitForTaskToken')),
    'EXPRESS',
  ],
  [
    'does not support Activity ARN',
    one('ActivityTask', task('arn:aws:states:us-east-1:111111111111:activity:a')),
    'EXPRESS',
  ],
  ['RFC3339', one('WaitUntil', { Type: 'Wait', Timestamp: '2016-03-14 01:59:00Z', End: true })],
  [
    "'RoleArn' is required",
    one('State0', task('arn:aws:lambda:us-east-1:111111111111:function:f', { Credentials: {} })),
  ],
  ['is not recognized', one('Query', task(DYNAMO))],
  [
    "field 'parsed.$'",
    one('IntrinsicEscape', { Type: 'Pass', Parameters: { 'parsed.$': 'no path' }, End: true }),
  ],
  ['[States]', { StartAt: 'A' }],
];

/** What no request can earn here: nobody looks whether there is such a log group. */
const NOT_HERE = ['Invalid Logging Configuration: Log Destination not found.'];

function one(name: string, state: Json): Json {
  return { StartAt: name, States: { [name]: state } };
}

describe.skipIf(!existsSync(MESSAGES))('the words that AWS was recorded to refuse definitions with', () => {
  const { createErrors, validateDiagnostics } = recordedWords();
  const refusals = (createErrors['InvalidDefinition'] ?? [])
    .filter((text) => text.startsWith('Invalid State Machine Definition'))
    .map((text) => text.replace('arn:<partition>', 'arn:aws'));

  it('are known', () => expect(refusals).toHaveLength(EARNING.length));

  it('are earned by one of these definitions, by a Label, or by a request that was recorded', () => {
    const requests = readCases().filter(({ kind, validated }) => kind === 'create' && validated);
    const told = new Set(requests.map(({ expected }) => String(expected['message'])));
    const isEarned = (text: string) =>
      /^Error=ValueError Args=\[["']Label /.test(text) ||
      told.has(text) ||
      EARNING.some(([words]) => text.includes(words));
    const others = Object.values(createErrors).flat();
    expect(others.filter((text) => !isEarned(text))).toEqual(NOT_HERE);
  });

  it.each(EARNING.map(([words, definition, type]) => ({ words, definition, type })))('are ours: $words', ({
    words,
    definition,
    type,
  }) => {
    const recorded = refusals.filter((text) => text.includes(words));
    expect(recorded).toHaveLength(1);
    const refusal = definitionRefusal(JSON.stringify(definition), type);
    expect(refusal?.replace(/, not-supported: .*?(?='$)/, '')).toBe(recorded[0]);
  });

  it('are ours in diagnostics too', () => {
    const texts = [
      '{"States": {"A": {"Type": "Succeed"}}}',
      '{}',
      JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Pass',
        States: { Pass: { Type: 'Pass', QueryLanguage: 'JSONPath', End: true } },
      }),
      JSON.stringify(one('SendMessageWithWait', task('arn:aws:states:::sqs:sendMessage.waitForTaskToken'))),
      ' ',
      'not a definition',
    ];
    const found = texts
      .flatMap((text) => validateDefinition(text, { type: 'EXPRESS' }).diagnostics)
      .filter(({ code }) => code !== 'not-supported');
    const recorded = Object.values(validateDiagnostics).flat();
    expect(found.map(shown).sort()).toEqual([...recorded].sort());
  });
});

interface Words {
  readonly createErrors: Readonly<Record<string, readonly string[]>>;
  readonly validateDiagnostics: Readonly<Record<string, readonly string[]>>;
}

function recordedWords(): Words {
  const none = '{"createErrors": {}, "validateDiagnostics": {}}';
  return JSON.parse(existsSync(MESSAGES) ? readFileSync(MESSAGES, 'utf8') : none) as Words;
}

/** A diagnostic as the list of words has it: cut off, with blanks behind commas and colons. */
function shown({ code, location, message, severity }: Diagnostic): string {
  const members = Object.entries({ code, location, message, severity }).filter(
    ([, value]) => value !== undefined,
  );
  const text = members.map(([key, value]) => `"${key}": ${JSON.stringify(value)}`).join(', ');
  return `{${text}}`.slice(0, SHOWN);
}

const SHOWN = 300;

function readCases(): Case[] {
  const lines = readFileSync(CORPUS, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Case);
}

function textOf({ definition, definitionText }: Case): string {
  return definitionText ?? JSON.stringify(definition ?? null).replaceAll('arn:<partition>:', 'arn:aws:');
}

/** Definitions that a state machine was made of. */
function acceptedOf(one: Case): Accepted[] {
  const { id, kind, type = 'STANDARD', steps = [] } = one;
  if (['execution', 'logs', 'sync'].includes(kind)) return [{ id, kind, type, text: textOf(one) }];
  if (kind !== 'api') return [];
  return steps.flatMap(({ op, params, raises }) => {
    const text = params?.definition;
    const isMade = op === 'CreateStateMachine' || op === 'UpdateStateMachine';
    return isMade && raises !== true && text !== undefined
      ? [{ id, kind, type: params?.type ?? 'STANDARD', text }]
      : [];
  });
}

/** How many are as recorded, by kind and by test function of the recorder. */
function report(
  what: string,
  all: readonly { readonly id: string; readonly kind: string }[],
  missed: readonly string[],
): void {
  const isMissed = (id: string): boolean => missed.some((text) => text.startsWith(`${id}`));
  const kinds = new Map<string, { right: number; all: number; functions: Map<string, boolean> }>();
  for (const { id, kind } of all) {
    const counted = kinds.get(kind) ?? { right: 0, all: 0, functions: new Map<string, boolean>() };
    kinds.set(kind, counted);
    const isRight = !isMissed(id);
    const name = functionOf(id);
    counted.all++;
    if (isRight) counted.right++;
    counted.functions.set(name, (counted.functions.get(name) ?? true) && isRight);
  }
  for (const [kind, { right, all: count, functions }] of kinds) {
    const whole = [...functions.values()].filter(Boolean).length;
    console.log(`ASL ${what}, ${kind}: ${right}/${count}, test functions ${whole}/${functions.size}`);
  }
  for (const text of missed) console.log(`  ${text}`);
}
