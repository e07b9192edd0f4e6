import { describe, expect, it } from 'vitest';
import { MAX_MAP_RUN_CONCURRENCY } from '../../src/asl/limits.js';
import { readMapRunUpdate, UPDATE_MAP_RUN } from '../../src/asl/map-run/map-run-change.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { type Behaviour, drive, type Outside } from './drive.js';

function mapOf(fields: JsonObject): Json {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const States = { Work: { Type: 'Task', Resource: 'work', End: true } };
  const ItemProcessor = { ProcessorConfig, StartAt: 'Work', States };
  return { StartAt: 'Map', States: { Map: { Type: 'Map', ItemProcessor, End: true, ...fields } } };
}

const slow: Behaviour = (input) => {
  return input === 'bad' ? { error: 'Bad', afterMs: 100 } : { output: input, afterMs: 100 };
};

function update(afterMs: number, data: JsonObject): Outside {
  return { afterMs, body: { type: 'signal', name: UPDATE_MAP_RUN, data: { mapRun: '1.0', ...data } } };
}

function outcomes({ steps, events }: ReturnType<typeof drive>) {
  return steps.flatMap(({ outcome }, at) => (events[at]?.type === 'signal' ? [outcome] : []));
}

describe('the change of a Map run', () => {
  it('lets more executions run at once from then on', () => {
    const outside = [update(150, { maxConcurrency: 4 })];
    const run = drive(mapOf({ MaxConcurrency: 1 }), [1, 2, 3, 4, 5, 6], {
      handlers: { work: slow },
      outside,
    });
    expect(run.output).toEqual([1, 2, 3, 4, 5, 6]);
    // One until 100, its successor and three more from 150 on, the last from 200 on.
    expect(run.elapsedMs).toBe(300);
  });

  it('lets fewer run at once, without stopping those that do', () => {
    const outside = [update(50, { maxConcurrency: 1 })];
    const run = drive(mapOf({}), [1, 2], { handlers: { work: slow }, outside });
    expect(run.elapsedMs).toBe(100);
  });

  it('lets more of them fail', () => {
    const outside = [update(50, { toleratedFailurePercentage: 50 })];
    const run = drive(mapOf({}), ['bad', 1], { handlers: { work: slow }, outside });
    expect(run.status).toBe('succeeded');
  });

  it('fails it where more have failed already than may from then on', () => {
    const outside = [update(150, { toleratedFailureCount: 0 })];
    const run = drive(mapOf({ MaxConcurrency: 1, ToleratedFailureCount: 1 }), ['bad', 1, 2], {
      ...{ handlers: { work: slow }, outside },
    });
    expect(run.error).toBe('States.ExceedToleratedFailureThreshold');
    expect(run.elapsedMs).toBe(150);
  });

  it('is refused of a run that is not under way', () => {
    const outside = [{ ...update(50, { maxConcurrency: 1, mapRun: '9.0' }) }];
    const run = drive(mapOf({}), [1], { handlers: { work: slow }, outside });
    expect(outcomes(run)).toMatchObject([{ kind: 'rejected', problem: { code: 'unknown-map-run' } }]);
    expect(run.status).toBe('succeeded');
  });

  it.each([
    [undefined, ''],
    [{}, '/mapRun'],
    [{ mapRun: '1.0' }, ''],
    [{ mapRun: '1.0', maxConcurrency: 1, 'to/lerated': 1 }, '/to~1lerated'],
    [{ mapRun: '1.0', maxConcurrency: -1 }, '/maxConcurrency'],
    [{ mapRun: '1.0', maxConcurrency: '5' }, '/maxConcurrency'],
    [{ mapRun: '1.0', toleratedFailureCount: 0.5 }, '/toleratedFailureCount'],
    [{ mapRun: '1.0', toleratedFailurePercentage: 100.5 }, '/toleratedFailurePercentage'],
  ])('is refused as %j', (data, path) => {
    expect(readMapRunUpdate(data)).toMatchObject({ problem: { code: 'invalid-map-run-update', path } });
  });

  it('is refused with a field that there is none of, and told which was meant', () => {
    expect(readMapRunUpdate({ mapRun: '1.0', maxConcurency: 5 })).toMatchObject({
      problem: { path: '/maxConcurency', hint: 'did you mean "maxConcurrency"?' },
    });
  });

  it('takes 0 for as many as there may be, and no more than that', () => {
    for (const maxConcurrency of [0, MAX_MAP_RUN_CONCURRENCY + 1])
      expect(readMapRunUpdate({ mapRun: '1.0', maxConcurrency })).toEqual({
        value: { mapRun: '1.0', change: { limit: MAX_MAP_RUN_CONCURRENCY } },
      });
  });
});
