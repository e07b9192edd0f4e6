import { describe, expect, it } from 'vitest';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, UNBORN } from '../../src/core/fold.js';
import type { Language, Step } from '../../src/core/language.js';
import { MAX_ID_LENGTH } from '../../src/core/limits.js';
import { probe } from '../../src/testing/probe-language.js';

const program = probe.compile({});
const event = (revision: number, body: EventBody): Event => {
  return { id: `e${revision}`, instance: 'i', revision, at: revision, seed: 's', ...body };
};
const start = event(1, { type: 'start', machine: 'm', input: null });
const born = fold(probe, program, UNBORN, start);

describe('fold', () => {
  it('ignores everything before the start, and a second start', () => {
    const early = fold(probe, program, UNBORN, event(1, { type: 'signal', name: 'x' }));
    expect(early).toMatchObject({ outcome: { kind: 'ignored' }, state: null, effects: [] });
    const again = fold(probe, program, born, event(2, { type: 'start', machine: 'm', input: null }));
    expect(again).toMatchObject({ outcome: { kind: 'ignored' }, state: born.state });
  });

  it('stops what has not started, and starts it no more', () => {
    const stopped = fold(probe, program, UNBORN, event(1, { type: 'stop', error: 'E', cause: 'c' }));
    expect(stopped).toEqual({
      ...{ state: null, status: 'stopped', effects: [], outcome: { kind: 'applied' } },
      history: [{ type: 'InstanceStopped', data: { error: 'E', cause: 'c' } }],
    });
    const late = fold(probe, program, stopped, start);
    expect(late).toMatchObject({ outcome: { kind: 'ignored' }, status: 'stopped', state: null });
  });

  it('ignores everything after the end', () => {
    const ended = fold(
      probe,
      program,
      born,
      event(2, { type: 'signal', name: 'x', data: [{ end: 'succeeded' }] }),
    );
    expect(ended.status).toBe('succeeded');
    const late = fold(probe, program, ended, event(3, { type: 'signal', name: 'x' }));
    expect(late).toMatchObject({ outcome: { kind: 'ignored' }, status: 'succeeded', state: ended.state });
  });

  it('does not believe a step that ignored its event and still wants something', () => {
    const step: Step = {
      state: born.state,
      status: 'running',
      history: [],
      effects: [{ type: 'timer', id: '2.0', dueAt: 1 }],
      outcome: { kind: 'ignored', reason: 'pretence' },
    };
    const liar: Language = { ...probe, step: () => step };
    expect(() => fold(liar, program, born, event(2, { type: 'continue' }))).toThrow('returned effects');
  });

  it('rejects a send to what can be no instance, and changes nothing', () => {
    const send = (to: string) => event(2, { type: 'signal', name: 'x', data: [{ send: to }] });
    for (const to of ['', 'a\u0000b', '\ud800', 'a//b', 'x'.repeat(MAX_ID_LENGTH + 1)]) {
      const step = fold(probe, program, born, send(to));
      expect(step).toMatchObject({ status: 'running', state: born.state, effects: [] });
      expect(step.outcome).toMatchObject({ kind: 'rejected', problem: { code: 'invalid-receiver' } });
      expect(step.history).toMatchObject([{ type: 'EventRejected', data: { code: 'invalid-receiver' } }]);
    }
    for (const to of ['a', 'a/3.0/1', `${'x'.repeat(MAX_ID_LENGTH)}/1/0`]) {
      expect(fold(probe, program, born, send(to)).outcome.kind).toBe('applied');
    }
  });

  it('does not believe an effect that is numbered for another revision', () => {
    const step: Step = { ...born, effects: [{ type: 'timer', id: '7.0', dueAt: 1 }] };
    const liar: Language = { ...probe, step: () => step };
    expect(() => fold(liar, program, born, event(2, { type: 'continue' }))).toThrow(
      'does not belong to revision 2',
    );
  });
});
