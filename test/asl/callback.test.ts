import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import type { EventBody } from '../../src/core/event.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { readTaskToken } from '../../src/core/task-token.js';
import { type Behaviour, drive, type Run } from './drive.js';
import { tokenIn } from './token-in.js';

const SEND = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';

const PARAMETERS = { Parameters: { 'Token.$': '$$.Task.Token' } };

/** A machine that waits for its token, handed on by a handler that is done at once, or after a time. */
function run(
  state: JsonObject,
  later: readonly Answer[],
  afterMs = 0,
  states: JsonObject = {},
  input: Json = {},
): Run {
  const definition = {
    StartAt: 'Ask',
    States: { Ask: { Type: 'Task', Resource: SEND, ...PARAMETERS, End: true, ...state }, ...states },
  };
  const send: Behaviour = (input) => ({ output: 'sent', afterMs, later: later.map((each) => each(input)) });
  return drive(definition, input, { handlers: { [SEND]: send } });
}

type Answer = (input: Json) => { readonly afterMs: number; readonly body: EventBody };

function succeeding(afterMs: number, output: Json): Answer {
  return (input) => ({ afterMs, body: { type: 'task.succeeded', effect: effectOf(input), output } });
}

function failing(afterMs: number, error: string, cause = ''): Answer {
  return (input) => ({ afterMs, body: { type: 'task.failed', effect: effectOf(input), error, cause } });
}

function beating(afterMs: number): Answer {
  return (input) => ({ afterMs, body: { type: 'task.heartbeat', effect: effectOf(input) } });
}

function effectOf(input: Json): string {
  return tokenIn(input)?.effect ?? '';
}

const afterSubmission = (types: readonly string[]) => types.slice(types.indexOf('TaskScheduled'));

describe('a task that waits for its token', () => {
  it('goes on with what it is answered with, long after its handler is done', () => {
    const { status, output, elapsedMs, types } = run({}, [succeeding(3_600_000, { paid: true })]);
    expect({ status, output, elapsedMs }).toEqual({
      ...{ status: 'succeeded', output: { paid: true } },
      elapsedMs: 3_600_000,
    });
    expect(afterSubmission(types)).toEqual([
      ...['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded'],
      ...['TaskStateExited', 'ExecutionSucceeded'],
    ]);
  });

  it('may be answered before its handler is done, which is then not waited for', () => {
    const { output, elapsedMs, types, steps } = run({}, [succeeding(1_000, 'early')], 5_000);
    expect({ output, elapsedMs }).toEqual({ output: 'early', elapsedMs: 1_000 });
    expect(afterSubmission(types).slice(0, 3)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSucceeded']);
    const cancelled = steps.at(-1)?.effects.map((effect) => effect.type === 'cancel' && effect.kind);
    expect(cancelled).toEqual(['task', 'timer']);
  });

  it('fails as it is told to, and its Catchers are asked', () => {
    const told = run({}, [failing(1_000, 'Declined', 'no money')]);
    expect(told).toMatchObject({ status: 'failed', error: 'Declined', cause: 'no money' });
    const Catch = [{ ErrorEquals: ['Declined'], Next: 'Caught' }];
    const caught = run({ Catch }, [failing(1_000, 'Declined')], 0, { Caught: { Type: 'Pass', End: true } });
    expect(caught).toMatchObject({ status: 'succeeded', output: { Error: 'Declined' } });
  });

  it('may be failed without a word', () => {
    const { status, history } = run({}, [failing(1_000, '')]);
    expect(status).toBe('failed');
    const failed = history.find(({ type }) => type === 'TaskFailed');
    expect(failed?.['taskFailedEventDetails']).toEqual({
      ...{ resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken' },
    });
  });

  it('times out however often it beats', () => {
    const later = [beating(4_000), beating(8_000), succeeding(11_000, 'late')];
    const { error, elapsedMs, types } = run({ TimeoutSeconds: 10, HeartbeatSeconds: 5 }, later);
    expect({ error, elapsedMs }).toEqual({ error: 'States.Timeout', elapsedMs: 10_000 });
    expect(types.at(-2)).toBe('TaskTimedOut');
  });

  it('fails after the longest silence, which every heartbeat begins anew', () => {
    const later = [beating(4_000), beating(8_000)];
    const { error, elapsedMs } = run({ HeartbeatSeconds: 5 }, later);
    expect({ error, elapsedMs }).toEqual({ error: 'States.HeartbeatTimeout', elapsedMs: 13_000 });
  });

  it('keeps its silence from when the handler has handed the token on', () => {
    const { error, elapsedMs } = run({ HeartbeatSeconds: 5 }, [beating(1_000)], 20_000);
    expect({ error, elapsedMs }).toEqual({ error: 'States.HeartbeatTimeout', elapsedMs: 25_000 });
  });

  it('takes both from paths', () => {
    const paths = { TimeoutSecondsPath: '$.timeout', HeartbeatSecondsPath: '$.heartbeat' };
    const silent = run(paths, [], 0, {}, { timeout: 60, heartbeat: 3 });
    expect(silent).toMatchObject({ error: 'States.HeartbeatTimeout', elapsedMs: 3_000 });
    const late = run(paths, [], 0, {}, { timeout: 3, heartbeat: 60 });
    expect(late).toMatchObject({ error: 'States.Timeout', elapsedMs: 3_000 });
  });

  it('fails with its handler, without waiting for anyone', () => {
    const definition = { StartAt: 'Ask', States: { Ask: { Type: 'Task', Resource: SEND, End: true } } };
    const send: Behaviour = () => ({ error: 'SQS.Down', cause: 'no queue' });
    const { error, elapsedMs, steps } = drive(definition, {}, { handlers: { [SEND]: send } });
    expect({ error, elapsedMs }).toEqual({ error: 'SQS.Down', elapsedMs: 0 });
    expect(steps.at(-1)?.effects).toMatchObject([{ type: 'cancel', kind: 'timer' }]);
  });

  it('has a token of its own at each attempt', () => {
    const tokens: (string | undefined)[] = [];
    const send: Behaviour = (input, attempt) => {
      tokens.push(tokenIn(input)?.secret);
      const body = { type: 'task.failed', effect: effectOf(input), error: 'No', cause: '' } as const;
      return attempt < 3 ? { later: [{ afterMs: 10, body }] } : { later: [succeeding(10, 'yes')(input)] };
    };
    const Retry = [{ ErrorEquals: ['No'], IntervalSeconds: 0 }];
    const state = { Type: 'Task', Resource: SEND, ...PARAMETERS, Retry, End: true };
    const { output } = drive({ StartAt: 'Ask', States: { Ask: state } }, {}, { handlers: { [SEND]: send } });
    expect(output).toBe('yes');
    expect(new Set(tokens).size).toBe(3);
    expect(tokens.every((secret) => secret !== undefined && secret.length === 64)).toBe(true);
  });

  it('is not the same for another seed, though all else is', () => {
    const tokenFor = (seed: string) => {
      let token: string | undefined;
      const send: Behaviour = (input) => {
        token = tokenIn(input)?.secret;
        return { error: 'Enough' };
      };
      const state = { Type: 'Task', Resource: SEND, ...PARAMETERS, End: true };
      drive({ StartAt: 'Ask', States: { Ask: state } }, {}, { handlers: { [SEND]: send }, seed });
      return token;
    };
    expect(tokenFor('a')).toBe(tokenFor('a'));
    expect(tokenFor('a')).not.toBe(tokenFor('b'));
  });

  it('is shown its token in JSONata too, when it is asked for and when it is answered', () => {
    const state = {
      ...{ Type: 'Task', Resource: 'approve.waitForTaskToken', End: true, QueryLanguage: 'JSONata' },
      Arguments: { token: '{% $states.context.Task.Token %}' },
      Output: '{% { "token": $states.context.Task.Token, "said": $states.result } %}',
    };
    let asked: Json = null;
    const approve: Behaviour = (input) => {
      asked = (input as JsonObject)['token'] ?? null;
      return { later: [succeeding(10, 'yes')(input)] };
    };
    const { output } = drive(
      { StartAt: 'Ask', States: { Ask: state } },
      {},
      { handlers: { 'approve.waitForTaskToken': approve } },
    );
    expect(output).toEqual({ token: asked, said: 'yes' });
    expect(readTaskToken(String(asked))).toMatchObject({ instance: 'run-1' });
  });

  it('shows no token to states that wait for none', () => {
    const { error } = drive({ StartAt: 'A', States: { A: { Type: 'Pass', ...PARAMETERS, End: true } } }, {});
    expect(error).toBe('States.Runtime');
  });

  it('gives no more than 256 KiB, as no task does', () => {
    const { error } = run({}, [succeeding(10, 'x'.repeat(262_143))]);
    expect(error).toBe('States.DataLimitExceeded');
  });
});

describe('what the language tells of a task that waits for its token', () => {
  const state = {
    Type: 'Task',
    Resource: SEND,
    ...PARAMETERS,
    TimeoutSeconds: 60,
    HeartbeatSeconds: 5,
    End: true,
  };

  it('is who may answer it, and until when', () => {
    const seen: ReturnType<NonNullable<typeof asl.callback>>[] = [];
    let token = '';
    const send: Behaviour = (input) => {
      token = tokenIn(input)?.secret ?? '';
      return { later: [succeeding(1_000, 'yes')(input)] };
    };
    const { steps } = drive(
      { StartAt: 'Ask', States: { Ask: state } },
      {},
      { handlers: { [SEND]: send }, now: 0 },
    );
    for (const step of steps) seen.push(asl.callback?.(step.state, '1.0'));
    expect(seen).toEqual([
      { secret: token, dueAt: 60_000, maxOutputBytes: 262_144 },
      { secret: token, dueAt: 5_000, maxOutputBytes: 262_144 },
      undefined,
    ]);
  });
});
