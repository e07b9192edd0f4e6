import { describe, expect, it } from 'vitest';
import { DETAIL_LENGTH, historyLine } from '../../src/cli/text/history.js';
import { instanceText } from '../../src/cli/text/instance.js';
import type { JsonObject } from '../../src/core/json.js';

const ENTRY = { instance: 'a', revision: 1, index: 0, at: 0, type: 'Done' };

describe('a line of history', () => {
  it('has the time, the place and what happened', () => {
    expect(historyLine({ ...ENTRY, data: { to: 'b' } })).toBe(
      '1970-01-01T00:00:00.000Z  1.0    Done  {"to":"b"}\n',
    );
    expect(historyLine({ ...ENTRY, data: {} })).toBe('1970-01-01T00:00:00.000Z  1.0    Done\n');
  });

  it('has the state and the details of a workflow’s event', () => {
    const line = (type: string, data: JsonObject) =>
      historyLine({ ...ENTRY, type, data: { id: 7, previousEventId: 6, ...data } }).slice(33);
    const input = { input: { qty: 9 }, inputDetails: { truncated: false } };
    expect(line('TaskStateEntered', { stateEnteredEventDetails: { name: 'Big', ...input } })).toBe(
      'TaskStateEntered  Big  {"input":{"qty":9}}\n',
    );
    const lambdaFunctionFailedEventDetails = { error: 'Busy', cause: 'later' };
    expect(line('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails })).toBe(
      'LambdaFunctionFailed  {"error":"Busy","cause":"later"}\n',
    );
    expect(line('LambdaFunctionStarted', { at: 5 })).toBe('LambdaFunctionStarted\n');
    const mapRun = { mapRun: '1.0', redriveCount: 0 };
    expect(line('MapRunSucceeded', { mapRun })).toBe('MapRunSucceeded  {"mapRun":"1.0","redriveCount":0}\n');
    expect(line('MapRunFailed', { mapRunFailedEventDetails: { error: 'Bad' }, mapRun })).toBe(
      'MapRunFailed  {"error":"Bad"}\n',
    );
  });

  it('shows so much of the data and no more', () => {
    const data = (length: number) => ({ a: 'x'.repeat(length - '{"a":""}'.length) });
    const shown = (length: number) =>
      historyLine({ ...ENTRY, data: data(length) })
        .trimEnd()
        .split(/ {2,}/)[3] ?? '';
    expect(shown(DETAIL_LENGTH)).toBe(JSON.stringify(data(DETAIL_LENGTH)));
    expect(shown(DETAIL_LENGTH + 1)).toMatch(/x…$/);
    expect(shown(DETAIL_LENGTH + 1)).toHaveLength(DETAIL_LENGTH);
  });
});

describe('an instance in text', () => {
  it('says why it does not go on', () => {
    const text = instanceText({
      id: 'a',
      machine: 'm',
      definition: 'h',
      version: 2,
      status: 'running',
      revision: 3,
      createdAt: 0,
      updatedAt: 0,
      value: { x: { y: 'z' }, w: 'v' },
      context: null,
      output: null,
      error: { error: 'Timeout', cause: 'nobody came' },
      parked: { code: 'poison', message: 'it ended its worker 5 times', path: '' },
      lag: 'due since yesterday',
    });
    expect(text.split('\n').slice(0, 8)).toEqual([
      'id        a',
      'machine   m (version 2)',
      'status    running',
      'state     x.y.z, w.v',
      'error     Timeout: nobody came',
      'parked    it ended its worker 5 times; "detent retry" lets it go on',
      'lag       due since yesterday',
      'revision  3',
    ]);
  });
});
