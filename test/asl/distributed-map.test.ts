import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import { MAX_DATA_BYTES } from '../../src/asl/limits.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import { drive } from './drive.js';

const PASS = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
const TASK = { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: 'work', End: true } } };

/** A machine of one distributed Map. */
function mapOf(processor: JsonObject, fields: JsonObject = {}, machine: JsonObject = {}): Json {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const ItemProcessor = { ProcessorConfig, ...processor };
  return {
    StartAt: 'Map',
    States: { Map: { Type: 'Map', ItemProcessor, End: true, ...fields } },
    ...machine,
  };
}

/** Does what the item says. */
const work = (input: Json) =>
  input === 'bad' ? { error: 'Bad', cause: 'it is bad' } : { output: `${String(input)}!` };

describe('a distributed Map', () => {
  it('gives its items executions of their own, and goes on with what they gave, in order', () => {
    const { status, output } = drive(mapOf(TASK), ['a', 'b'], { handlers: { work } });
    expect({ status, output }).toEqual({ status: 'succeeded', output: ['a!', 'b!'] });
  });

  it('is over at once where there are no items', () => {
    const { output, types } = drive(mapOf(PASS), []);
    expect(output).toEqual([]);
    expect(types).toContain('MapRunSucceeded');
  });

  it('keeps items that JSONata works out in portions where they are many, and with its run where they are few', () => {
    const computed = (count: number) =>
      drive(
        mapOf(PASS, {
          QueryLanguage: 'JSONata',
          Items: `{% [[1..${count}].{ "n": $ }] %}`,
          MaxConcurrency: 100,
        }),
        {},
        { instance: 'run' },
      );
    for (const [count, portions] of [
      [3, 0],
      [0, 0],
      [1_600, 2],
    ] as const) {
      const { status, output, steps, events } = computed(count);
      expect(status).toBe('succeeded');
      expect(output).toEqual(Array.from({ length: count }, (_, index) => ({ n: index + 1 })));
      const spawned = steps.flatMap(({ effects }) => effects.filter(({ type }) => type === 'spawn'));
      expect(spawned).toHaveLength(count + portions);
      const own = steps.filter((step, at) => events[at]?.instance === 'run' && step.status === 'running');
      // Until what came out of them is brought together, which may be as much as the state's output.
      const working = own
        .map(({ state }) => JSON.stringify(state))
        .filter((text) => !text.includes('"gathered"'));
      expect(Math.max(...working.map(({ length }) => length))).toBeLessThan(32_000);
    }
  }, 60_000);

  it('fails with items that JSONata works out where one of them is too large for an execution', () => {
    const fields = { QueryLanguage: 'JSONata', Items: '{% [$pad("", $states.input, "x"), 1] %}' };
    expect(drive(mapOf(PASS, fields), MAX_DATA_BYTES - 4).status).toBe('failed');
    const { error, types } = drive(mapOf(PASS, fields), MAX_DATA_BYTES);
    expect(error).toBe('States.DataLimitExceeded');
    expect(types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
  });

  it('tells each execution where it is in the context object', () => {
    const look = {
      Type: 'Pass',
      Parameters: { 'execution.$': '$$.Execution.Id', 'machine.$': '$$.StateMachine.Name' },
    };
    const processor = { StartAt: 'Look', States: { Look: { ...look, End: true } } };
    const { output } = drive(mapOf(processor, { Label: 'items' }), [1], { machine: 'shop', instance: 'run' });
    expect(output).toEqual([
      {
        execution: 'arn:aws:states:us-east-1:000000000000:execution:shop/items:run/1.0/0',
        machine: 'shop/items',
      },
    ]);
  });

  it('lets its ItemSelector see variables, which its executions do not see', () => {
    const first = { Type: 'Pass', Assign: { rate: 2 }, Next: 'Map' };
    const definition = mapOf(PASS, { ItemSelector: { 'n.$': '$$.Map.Item.Value', 'rate.$': '$rate' } }) as {
      States: JsonObject;
    };
    const whole = { StartAt: 'First', States: { First: first, ...definition.States } };
    expect(drive(whole, [1]).output).toEqual([{ n: 1, rate: 2 }]);
    const inner = { StartAt: 'Own', States: { Own: { Type: 'Pass', Assign: { rate: 3 }, End: true } } };
    const own = mapOf(inner) as { States: JsonObject };
    expect(asl.check({ StartAt: 'First', States: { First: first, ...own.States } })).toEqual([]);
  });

  it('has no more executions under way than MaxConcurrency says', () => {
    const slow = () => ({ output: 1, afterMs: 100 });
    const { steps, elapsedMs } = drive(mapOf(TASK, { MaxConcurrency: 2 }), [1, 2, 3, 4, 5], {
      handlers: { work: slow },
    });
    expect(elapsedMs).toBe(300);
    expect(steps.map(spawned).filter((count) => count > 0)).toEqual([2, 1, 1, 1]);
  });

  it('fails when more items fail than are tolerated, and stops the others', () => {
    const wait = {
      StartAt: 'Choose',
      States: { Choose: choice(), Slow: slow(), Fail: { Type: 'Fail', Error: 'Bad' } },
    };
    const run = drive(mapOf(wait), ['slow', 'bad', 'slow']);
    expect(run.error).toBe('States.ExceedToleratedFailureThreshold');
    expect(run.types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    const cancels = run.steps.flatMap(({ effects }) => effects.filter(({ type }) => type === 'cancel'));
    expect(cancels).toMatchObject([{ kind: 'child', indexes: [0, 2] }]);
  });

  it('goes on where no more fail than are tolerated, with all there is to say of those that did', () => {
    const { status, output } = drive(mapOf(TASK, { ToleratedFailureCount: 1 }), ['a', 'bad', 'c'], {
      handlers: { work },
    });
    expect(status).toBe('succeeded');
    expect(output).toMatchObject([
      'a!',
      { Status: 'FAILED', Error: 'Bad', Cause: 'it is bad', Input: '"bad"' },
      'c!',
    ]);
  });

  it.each([
    [{ ToleratedFailurePercentage: 50 }, 'succeeded'],
    [{ ToleratedFailurePercentage: 49.9 }, 'failed'],
    [{ ToleratedFailurePercentage: 50, ToleratedFailureCount: 0 }, 'failed'],
    [{ ToleratedFailureCount: 1 }, 'succeeded'],
  ])('weighs one failure of two against %j', (fields, status) => {
    expect(drive(mapOf(TASK, fields), ['a', 'bad'], { handlers: { work } }).status).toBe(status);
  });

  it('leads to its Catcher, or is tried again as a new run', () => {
    const Catch = [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'Caught' }];
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
    const machine = mapOf(TASK, { Catch, Retry }) as { States: JsonObject };
    const whole = { ...machine, States: { ...machine.States, Caught: { Type: 'Pass', End: true } } };
    const { output, types } = drive(whole, ['bad'], { handlers: { work } });
    expect(output).toMatchObject({ Error: 'States.ExceedToleratedFailureThreshold' });
    expect(types.filter((type) => type === 'MapRunStarted')).toHaveLength(2);
  });

  it('cannot hand on more than 256 KiB', () => {
    const big = () => ({ output: 'x'.repeat(100_000) });
    const fits = drive(mapOf(TASK), [1, 2], { handlers: { work: big } });
    expect(fits.status).toBe('succeeded');
    const { error, types } = drive(mapOf(TASK), [1, 2, 3], { handlers: { work: big } });
    expect(error).toBe('States.DataLimitExceeded');
    expect(types.slice(-3)).toEqual(['MapRunSucceeded', 'MapStateFailed', 'ExecutionFailed']);
  });

  it('begins a hundred executions with one event, and goes on with the next', () => {
    const { steps, output } = drive(
      mapOf(PASS),
      Array.from({ length: 250 }, (_, index) => index),
    );
    expect(steps.map(spawned).filter((count) => count > 0)).toEqual([100, 100, 50]);
    expect(output).toHaveLength(250);
  });

  it('is told only how its executions ended, and has what they gave brought a thousand at a time', () => {
    const items = Array.from({ length: 2_500 }, (_, index) => index);
    const { steps, events, output } = drive(mapOf(PASS), items);
    const ends = events.filter(({ type }) => type === 'child.ended');
    expect(ends).toHaveLength(2_500);
    expect(ends.every((end) => end.type === 'child.ended' && end.output === null)).toBe(true);
    const asked = steps.flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.type === 'gather' ? [effect.children.length] : [])),
    );
    expect(asked).toEqual([1_000, 1_000, 500]);
    expect(output).toEqual(items);
  });

  it('measures what they gave over all pages', () => {
    const items = Array.from({ length: 1_500 }, (_, index) => index);
    const big = (bytes: number) => () => ({ output: 'x'.repeat(bytes) });
    // [ and ], and of each two quotes and a comma.
    const most = Math.floor(MAX_DATA_BYTES / 1_500) - 3;
    expect(drive(mapOf(TASK), items, { handlers: { work: big(most) } }).status).toBe('succeeded');
    const { error } = drive(mapOf(TASK), items, { handlers: { work: big(most + 1) } });
    expect(error).toBe('States.DataLimitExceeded');
  });

  it('nests: the executions of items may have distributed Maps of their own', () => {
    const inner = {
      StartAt: 'Inner',
      States: {
        Inner: {
          Type: 'Map',
          ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, ...PASS },
          End: true,
        },
      },
    };
    expect(drive(mapOf(inner), [[1], [2, 3]]).output).toEqual([[1], [2, 3]]);
  });
});

function choice(): JsonObject {
  return { Type: 'Choice', Choices: [{ Variable: '$', StringEquals: 'bad', Next: 'Fail' }], Default: 'Slow' };
}

function slow(): JsonObject {
  return { Type: 'Wait', Seconds: 60, End: true };
}

function spawned({ effects }: Step): number {
  return effects.filter(({ type }) => type === 'spawn').length;
}
