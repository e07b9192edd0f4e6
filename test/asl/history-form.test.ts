import { describe, expect, it } from 'vitest';
import { toAwsHistory } from '../../src/asl/history-form.js';
import type { HistoryEntry } from '../../src/core/journal.js';
import type { JsonObject } from '../../src/core/json.js';

const entry = (type: string, data: JsonObject): HistoryEntry => ({
  instance: 'run-1',
  revision: 1,
  index: 0,
  at: 1_000,
  type,
  data,
});

describe('history in the form of GetExecutionHistory', () => {
  it('gives payloads as JSON text', () => {
    const details = { name: 'A', input: { a: [1] }, inputDetails: { truncated: false } };
    const data = { id: 2, previousEventId: 0, stateEnteredEventDetails: details };
    expect(toAwsHistory([entry('PassStateEntered', data)])).toEqual([
      {
        id: 2,
        previousEventId: 0,
        timestamp: 1_000,
        type: 'PassStateEntered',
        stateEnteredEventDetails: { name: 'A', input: '{"a":[1]}', inputDetails: { truncated: false } },
      },
    ]);
  });

  it('gives a text as the JSON text of a text, parameters too, and every variable for itself', () => {
    const data = {
      id: 3,
      previousEventId: 2,
      stateExitedEventDetails: { output: 'done', parameters: null, assignedVariables: { x: 1, y: 'b' } },
    };
    expect(toAwsHistory([entry('PassStateExited', data)])[0]?.['stateExitedEventDetails']).toEqual({
      output: '"done"',
      parameters: 'null',
      assignedVariables: { x: '1', y: '"b"' },
    });
  });

  it('gives nothing but null as JSON text too', () => {
    const data = { id: 2, previousEventId: 0, stateEnteredEventDetails: { name: 'A', input: null } };
    expect(toAwsHistory([entry('PassStateEntered', data)])[0]?.['stateEnteredEventDetails']).toEqual({
      name: 'A',
      input: 'null',
    });
  });

  it('takes the time at which a thing happened, where that is not the time it was written down', () => {
    const data = { id: 4, previousEventId: 3, at: 400 };
    expect(toAwsHistory([entry('LambdaFunctionStarted', data)])).toEqual([
      { id: 4, previousEventId: 3, timestamp: 400, type: 'LambdaFunctionStarted' },
    ]);
  });

  it('leaves out what is not a history event of an execution', () => {
    expect(toAwsHistory([entry('Parked', { reason: 'x' })])).toEqual([]);
  });
});
