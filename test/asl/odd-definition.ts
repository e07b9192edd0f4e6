import fc from 'fast-check';
import { expect } from 'vitest';
import { asl } from '../../src/asl/language.js';
import type { AslProgram } from '../../src/asl/program.js';
import type { Event, EventBody } from '../../src/core/event.js';
import { isJsonArray, isJsonObject, type Json } from '../../src/core/json.js';
import { Refused } from '../../src/core/problem.js';

const FIELDS = [
  'Type StartAt States Next End Comment QueryLanguage Result ResultPath InputPath OutputPath Parameters',
  'ResultSelector Resource Retry Catch ErrorEquals Choices Default Variable NumericEquals IsPresent And Not',
  'Seconds SecondsPath Timestamp TimestampPath Error Cause ErrorPath Assign Output Arguments Condition',
  'TimeoutSeconds MaxAttempts BackoffRate __proto__ constructor toString A B',
  'ItemReader ItemBatcher ResultWriter WriterConfig Bucket Prefix ToleratedFailureCount MaxItemsPerBatch Label',
  'Branches ItemProcessor Iterator ProcessorConfig Mode ItemsPath Items ItemSelector MaxConcurrency MaxConcurrencyPath',
  'ItemReader ReaderConfig InputType ItemBatcher MaxItemsPerBatch ResultWriter WriterConfig Label ToleratedFailureCount',
  'HeartbeatSeconds HeartbeatSecondsPath Credentials JitterStrategy CorrelationKey CorrelationValuePath CorrelationValue',
]
  .join(' ')
  .split(' ');

const words = fc.oneof(
  fc.constantFrom(
    'Pass',
    'Task',
    'Choice',
    'Wait',
    'Succeed',
    'Fail',
    'Map',
    'Parallel',
    'Message',
    'A',
    'B',
    'JSONata',
  ),
  fc.constantFrom(
    '$',
    '$.a',
    '$$',
    '$$.State',
    '$.a[*]',
    "States.Format('{}', $.a)",
    '{% $states.input %}',
    'work',
  ),
  fc.constantFrom('States.ALL', 'States.TaskFailed', '$.__proto__', '$.a.', '$[', '2026-01-01T00:00:00Z'),
  fc.string(),
);

/** JSON that looks a little like a definition. */
export const oddJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    words,
    fc.integer({ min: -3, max: 5 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...FIELDS), fc.string()), tie('value'), { maxKeys: 6 }),
  ),
})).value;

/** A definition with one thing in it replaced, wherever `choose` leads. */
export function mutated(value: Json, choose: () => number, replacement: Json): Json {
  if (choose() % 4 === 0) return replacement;
  if (isJsonArray(value) && value.length > 0) {
    const at = choose() % value.length;
    return value.map((item, i) => (i === at ? mutated(item, choose, replacement) : item));
  }
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    const keys = Object.keys(value);
    const chosen = keys[choose() % keys.length];
    const entries = Object.entries(value).flatMap(([key, member]): [string, Json][] => {
      if (key !== chosen) return [[key, member]];
      return choose() % 5 === 0 ? [] : [[key, mutated(member, choose, replacement)]];
    });
    return Object.fromEntries(entries);
  }
  return replacement;
}

/** An event as it reaches a step. */
export function stamped(body: EventBody, revision: number): Event {
  return { ...body, id: `e${revision}`, instance: 'i', revision, at: revision * 1_000, seed: `s${revision}` };
}

/** The program of a definition; undefined if it is refused, which is all that compiling may throw. */
export function compiled(definition: Json): AslProgram | undefined {
  try {
    return asl.compile(definition);
  } catch (error) {
    expect(error).toBeInstanceOf(Refused);
    return undefined;
  }
}
