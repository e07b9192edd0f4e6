import { afterEach, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.js';
import { type Engine, openEngine } from '../../src/embed/engine.js';
import { START_EXECUTION } from '../../src/embed/start-execution.js';

const PATIENCE = { timeout: 20_000, interval: 20 };

let engine: Engine;

afterEach(() => engine.close());

/** An engine with these machines, each one state. */
async function open(machines: Readonly<Record<string, JsonObject>>): Promise<void> {
  engine = await openEngine();
  for (const [machine, state] of Object.entries(machines)) {
    const source = { StartAt: 'Only', States: { Only: state } };
    await engine.publish({ machine, language: 'asl', source });
  }
}

function starting(pattern: string, parameters: JsonObject = {}, more: JsonObject = {}): JsonObject {
  const Parameters = { StateMachineArn: 'inner', Input: { n: 1 }, ...parameters };
  return { Type: 'Task', Resource: `${START_EXECUTION}${pattern}`, Parameters, End: true, ...more };
}

const becomes = (id: string, status: string) =>
  expect.poll(async () => (await engine.read(id))?.status, PATIENCE).toBe(status);

const outputOf = async (id: string) => (await engine.read(id))?.output as JsonObject;

const HOLD = { Type: 'Wait', Seconds: 3_600, End: true };

describe('an execution that another one begins', () => {
  it('is waited for, and its output goes on with its parent', async () => {
    await open({ inner: { Type: 'Pass', End: true }, outer: starting('.sync:2') });
    await engine.create('outer', { id: 'a' });
    await becomes('a', 'succeeded');
    const { Output, ExecutionArn, Name } = await outputOf('a');
    expect(Output).toEqual({ n: 1 });
    expect(String(ExecutionArn).endsWith(`:execution:inner:${String(Name)}`)).toBe(true);
    expect(await engine.read(String(Name))).toMatchObject({ parent: 'a', machine: 'inner' });
  });

  it('may be of any language', async () => {
    await open({ outer: starting('.sync:2') });
    const source: Json = {
      initial: 'over',
      states: { over: { type: 'final', output: { said: '{% context.n %}' } } },
      context: { n: '{% input.n %}' },
    };
    await engine.publish({ machine: 'inner', language: 'statechart', source });
    await engine.create('outer', { id: 'a' });
    await becomes('a', 'succeeded');
    expect((await outputOf('a'))['Output']).toEqual({ said: 1 });
  });

  it('is stopped with its parent, and when it takes too long', async () => {
    await open({
      inner: HOLD,
      outer: starting('.sync'),
      hasty: starting('.sync', {}, { TimeoutSeconds: 1 }),
    });
    await engine.create('outer', { id: 'a' });
    await becomes('a/1.0/0', 'running');
    await engine.stop('a');
    await becomes('a/1.0/0', 'stopped');
    await engine.create('hasty', { id: 'b' });
    await becomes('b', 'failed');
    expect((await engine.read('b'))?.error?.error).toBe('States.Timeout');
    await becomes('b/1.0/0', 'stopped');
  });

  it('goes its own way where nobody waits for it', async () => {
    await open({ inner: HOLD, outer: starting('', { Name: 'own' }) });
    await engine.create('outer', { id: 'a' });
    await becomes('a', 'succeeded');
    const { createdAt = 0 } = (await engine.read('own')) ?? {};
    expect(await outputOf('a')).toEqual({
      ExecutionArn: 'arn:aws:states:us-east-1:000000000000:execution:inner:own',
      StartDate: createdAt,
    });
    expect(await engine.read('own')).toMatchObject({ status: 'running', machine: 'inner' });
    expect(await engine.read('own')).not.toHaveProperty('parent');
  });

  it('has a name of its own where it is given none', async () => {
    await open({ inner: HOLD, outer: starting('') });
    await engine.create('outer', { id: 'a' });
    await becomes('a', 'succeeded');
    const id =
      String((await outputOf('a'))['ExecutionArn'])
        .split(':')
        .at(-1) ?? '';
    expect(await engine.read(id)).toMatchObject({ machine: 'inner' });
  });

  it.each([
    ['.sync', { StateMachineArn: 'none' }, 'StepFunctions.StateMachineDoesNotExistException'],
    ['', { StateMachineArn: 'none' }, 'StepFunctions.StateMachineDoesNotExistException'],
    ['', { StateMachineArn: 'arn:aws:s3:::x' }, 'StepFunctions.InvalidArnException'],
    ['', { Name: 'a/b' }, 'StepFunctions.InvalidNameException'],
    ['', { Name: 'a' }, 'StepFunctions.ExecutionAlreadyExistsException'],
  ])('is refused where it cannot be: startExecution%s with %j', async (pattern, parameters, error) => {
    await open({ inner: { Type: 'Pass', End: true }, outer: starting(pattern, parameters) });
    await engine.create('outer', { id: 'a' });
    await becomes('a', 'failed');
    expect((await engine.read('a'))?.error?.error).toBe(error);
  });
});
