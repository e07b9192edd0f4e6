import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../src/core/event.js';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.js';
import type { Behaviour } from './drive.js';
import { type Case, readCases, score } from './recorded-case.js';
import { tokenIn } from './token-in.js';

/** What a service was recorded to have said of one task. */
interface Answers {
  readonly name: string;
  readonly first: JsonObject;
  /** What whoever was given the token said, where it was not the service that ended the task. */
  readonly last?: JsonObject;
}

const SERVICES = new Set(['sqs', 'sns', 'states', 'dynamodb', 'events', 'secretsmanager']);

const ANSWER = /^Task(Succeeded|Failed|TimedOut|Submitted)$/;

const all = readCases();

const nested = all.filter(({ id }) => id.includes('test_start_execution_sync_delegate_timeout'));

const cases = all.filter(
  ({ kind, validated, needs, expected, definition }) =>
    kind === 'execution' &&
    validated &&
    expected.history !== undefined &&
    needs.some((need) => SERVICES.has(need)) &&
    !JSON.stringify(definition).includes('startExecution'),
);

describe.skipIf(cases.length === 0)('what services were recorded to say', () => {
  it.each(cases.map((one) => [one.id, one] as const))('%s', (_, one) => {
    expect(score(withFixtures(one), services(one)).difference).toBeUndefined();
  });

  it.each(nested.map((one) => [one.id, one] as const))('%s', (_, one) => {
    const child = () => ({ status: 'failed', error: 'States.Timeout' }) as const;
    expect(score(withoutConnections(one), {}, child).difference).toBeUndefined();
  });
});

/** What AWS says of its own connections is not repeated, and a child has a name of ours. */
function withoutConnections(one: Case): Case {
  const text = JSON.stringify(one.expected, (key, value: unknown) =>
    key.startsWith('Sdk') && key.endsWith('Metadata') ? undefined : value,
  );
  const expected = text.replaceAll(/(execution:<ArnPart_0idx>):TestStartTarget/g, '$1:<child>');
  return { ...one, expected: JSON.parse(expected) as Case['expected'] };
}

/** The recorder made a topic for the test. */
function withFixtures(one: Case): Case {
  const text = JSON.stringify(one.input);
  const topic = 'arn:aws:sns:us-east-1:111111111111:topic';
  return { ...one, input: JSON.parse(text.replaceAll('@{fixture:topic.TopicArn}@', topic)) as Json };
}

/** Handlers that say what was recorded, in that order. */
function services({ definition, expected }: Case): Readonly<Record<string, Behaviour>> {
  const answers = answersIn(expected.history ?? []);
  const handlers: Record<string, Behaviour> = {};
  for (const [, arn = ''] of JSON.stringify(definition).matchAll(/"Resource":"([^"]+)"/g)) {
    const queue = answers.filter(({ name }) => arn.endsWith(name));
    handlers[arn] = (input) => saying(queue.shift(), input);
  }
  return handlers;
}

function answersIn(history: readonly JsonObject[]): readonly Answers[] {
  const answers: Answers[] = [];
  for (const event of history) {
    const type = String(event['type']);
    if (!ANSWER.test(type)) continue;
    const details = event[`${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`] as JsonObject;
    const name = `${details['resourceType']}:${details['resource']}`;
    const before = answers.at(-1);
    if (before !== undefined && isOpen(before)) answers.splice(-1, 1, { ...before, last: details });
    else answers.push({ name, first: details });
  }
  return answers;
}

/** What was submitted is answered by whoever has the token. */
function isOpen({ name, last }: Answers): boolean {
  return name.endsWith('.waitForTaskToken') && last === undefined;
}

function saying(answers: Answers | undefined, input: Json): ReturnType<Behaviour> {
  if (answers === undefined) throw new Error('the service was asked more often than when it was recorded');
  const { first, last } = answers;
  if (last === undefined) return toOutcome(first);
  const effect = tokenIn(input)?.effect ?? '';
  const body = toAnswer(effect, last);
  return { ...toOutcome(first), later: body === undefined ? [] : [{ afterMs: 1_000, body }] };
}

function toOutcome({ output, error, cause }: JsonObject): ReturnType<Behaviour> {
  if (error === undefined) return { output: output ?? null };
  return { error: String(error), cause: isJsonObject(cause) ? JSON.stringify(cause) : String(cause ?? '') };
}

/** Undefined where nobody answered in time. */
function toAnswer(effect: string, { output, error, cause }: JsonObject): EventBody | undefined {
  if (output !== undefined) return { type: 'task.succeeded', effect, output };
  if (error === 'States.Timeout' || error === 'States.HeartbeatTimeout') return undefined;
  return { type: 'task.failed', effect, error: String(error ?? ''), cause: String(cause ?? '') };
}
