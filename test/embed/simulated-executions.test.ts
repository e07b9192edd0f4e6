import { describe, expect, it } from 'vitest';
import { type Handlers, simulate } from '../../src/embed/asl.js';
import { MAX_BEGUN_BESIDE } from '../../src/embed/simulation/simulate.js';

const START = Date.UTC(2026, 0, 1);

/** A workflow of these states, one after the other. */
const chain = (...states: object[]) => ({
  StartAt: 'S0',
  States: Object.fromEntries(
    states.map((state, i) => [
      `S${i}`,
      { ...state, ...(i + 1 < states.length ? { Next: `S${i + 1}` } : { End: true }) },
    ]),
  ),
});
const wait = (Seconds: number) => ({ Type: 'Wait', Seconds });
const work = { Type: 'Task', Resource: 'work' };
const starting = (StateMachineArn: string, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution',
  Parameters: { StateMachineArn, ...more },
});
const refused = (name: string) => ({ status: 'FAILED', error: `StepFunctions.${name}Exception` });

describe('an execution that a simulation begins and does not wait for', () => {
  const hour = chain(wait(3_600));

  it('runs beside it, with the same handlers and on the same clock', async () => {
    const told: unknown[] = [];
    const handlers = { work: (input: unknown) => told.push(input) } as Handlers;
    const machines = { inner: chain(wait(60), work) };
    const asked = starting('inner', { Name: 'own', Input: { n: 1 } });
    const run = await simulate(chain(asked, { ...wait(90) }), {}, { handlers, machines, now: START });
    const ExecutionArn = 'arn:aws:states:us-east-1:000000000000:execution:inner:own';
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { ExecutionArn, StartDate: START } });
    expect(told).toEqual([{ n: 1 }]);
  });

  it('is left where it is once that has ended', async () => {
    const run = await simulate(chain(starting('hour')), {}, { machines: { hour }, now: START });
    expect(run.status).toBe('SUCCEEDED');
    expect(run.history.at(-1)).toMatchObject({ timestamp: START });
  });

  it.each([
    ['none', {}, 'StateMachineDoesNotExist'],
    ['arn:aws:s3:::x', {}, 'InvalidArn'],
    ['hour', { Name: 'a/b' }, 'InvalidName'],
    ['hour', { Name: 'simulation' }, 'ExecutionAlreadyExists'],
  ])('is refused where it cannot be: %s with %j', async (machine, more, error) => {
    const run = await simulate(chain(starting(machine, more)), {}, { machines: { hour } });
    expect(run).toMatchObject(refused(error));
  });

  it('begins once where the same is asked for again', async () => {
    const twice = (second: object) =>
      simulate(
        chain(starting('hour', { Name: 'own' }), starting('hour', { Name: 'own', ...second })),
        {},
        { machines: { hour } },
      );
    expect(await twice({})).toMatchObject({ status: 'SUCCEEDED' });
    expect(await twice({ Input: { n: 2 } })).toMatchObject(refused('ExecutionAlreadyExists'));
  });

  it('may begin itself, but not without end', async () => {
    let asked = 0;
    const handlers = { work: () => ++asked } as Handlers;
    const machines = { endless: chain(work, starting('endless')) };
    const run = await simulate(chain(starting('endless'), wait(1)), {}, { handlers, machines });
    expect(run.status).toBe('SUCCEEDED');
    expect(asked).toBe(MAX_BEGUN_BESIDE);
    const last = chain({
      ...{ Type: 'Map', ItemsPath: '$', MaxConcurrency: 1 },
      ItemProcessor: { StartAt: 'One', States: { One: { ...starting('hour'), End: true } } },
    });
    const many = Array.from({ length: MAX_BEGUN_BESIDE + 1 }, () => 0);
    expect(await simulate(last, many, { machines: { hour } })).toMatchObject(
      refused('ExecutionLimitExceeded'),
    );
  });

  it('is up to a handler of that name, where there is one', async () => {
    const handlers = { 'arn:aws:states:::states:startExecution': () => 7 } as Handlers;
    expect(await simulate(chain(starting('hour')), {}, { handlers, machines: { hour } })).toMatchObject({
      output: 7,
    });
    expect(await simulate(chain(starting('hour')))).toMatchObject({ error: 'HandlerMissing' });
  });
});
