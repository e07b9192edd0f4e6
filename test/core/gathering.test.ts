import { describe, expect, it } from 'vitest';
import type { GatherEffect } from '../../src/core/effect.js';
import { type EndedChild, Gathering } from '../../src/core/gathering.js';
import type { Json } from '../../src/core/json.js';

function child(index: number, output: Json): EndedChild {
  const view = { value: null, context: null, input: 'given', output };
  return { index, status: 'succeeded', view, startedAt: 1_000, endedAt: 2_000 };
}

/** The places of those that fit, of children that gave these. */
function gathered(outputs: readonly Json[], terms: Pick<GatherEffect, 'limitBytes' | 'detailed'>) {
  const gathering = new Gathering({ type: 'gather', id: '3.0', children: [], ...terms });
  const taken = outputs.map((output, index) => gathering.add(child(index, output)));
  const { results } = gathering.event();
  expect(taken.filter((isTaken) => isTaken)).toHaveLength(results.length);
  return results;
}

describe('the answer to a gather', () => {
  it('has as many results as fit, each with what separates it from the next', () => {
    const outputs = ['é', 'bb', 'c'];
    expect(gathered(outputs, { limitBytes: 14, detailed: false })).toHaveLength(3);
    expect(gathered(outputs, { limitBytes: 13, detailed: false })).toHaveLength(2);
    expect(gathered(outputs, { limitBytes: 9, detailed: false })).toHaveLength(1);
  });

  it('has the first, however large it is, and then no other', () => {
    const results = gathered(['x'.repeat(50), ''], { limitBytes: 10, detailed: false });
    expect(results.map(({ index }) => index)).toEqual([0]);
  });

  it('tells of what succeeded no more than was asked for', () => {
    expect(gathered([7], { limitBytes: 100, detailed: false })).toEqual([
      { index: 0, status: 'succeeded', output: 7 },
    ]);
    expect(gathered([7], { limitBytes: 100, detailed: true })).toEqual([
      { index: 0, status: 'succeeded', output: 7, input: 'given', startedAt: 1_000, endedAt: 2_000 },
    ]);
  });

  it('tells why one failed in any case', () => {
    const gathering = new Gathering({
      type: 'gather',
      id: '3.0',
      children: [],
      limitBytes: 9,
      detailed: false,
    });
    const error = { error: 'Bad', cause: 'it is bad' };
    const view = { value: null, context: null, output: null, error };
    gathering.add({ index: 4, status: 'failed', view, startedAt: 1_000, endedAt: 2_000 });
    expect(gathering.event().results).toEqual([
      { index: 4, status: 'failed', output: null, ...error, startedAt: 1_000, endedAt: 2_000 },
    ]);
  });
});
