import { describe, expect, it } from 'vitest';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, refold, UNBORN } from '../../src/core/fold.js';
import type { Json } from '../../src/core/json.js';
import type { Language, Step } from '../../src/core/language.js';
import { MAX_HOPS, MAX_ID_LENGTH, MAX_STATE_BYTES } from '../../src/core/limits.js';
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

describe('fold, of what goes past a limit', () => {
  const waiting = fold(
    probe,
    program,
    born,
    event(2, {
      type: 'signal',
      name: 'x',
      data: [{ task: 'a' }, { task: 'b' }, { timer: 9 }, { spawn: 'm' }],
    }),
  );
  /** The probe remembers the ids of events, so that a long one makes a large state. */
  const large = (revision: number, body: EventBody, bytes = MAX_STATE_BYTES) => {
    return { ...event(revision, body), id: 'x'.repeat(bytes) };
  };
  const tooLarge = { kind: 'rejected', problem: { code: 'state-too-large' } };

  it(`takes what ${MAX_HOPS} sends in a row brought, and refuses what one more did`, () => {
    const signal = event(2, { type: 'signal', name: 'x' });
    expect(fold(probe, program, born, signal, MAX_HOPS).outcome.kind).toBe('applied');
    const step = fold(probe, program, born, signal, MAX_HOPS + 1);
    expect(step).toMatchObject({ status: 'running', state: born.state, effects: [] });
    expect(step.outcome).toMatchObject({ kind: 'rejected', problem: { code: 'too-many-hops' } });
  });

  it('judges the hops of an entry of a journal as they were judged', () => {
    const signal = event(2, { type: 'signal', name: 'x' });
    const { id: eventId, ...stamp } = signal;
    const body = JSON.stringify({ type: 'signal', name: 'x' });
    for (const hops of [MAX_HOPS, MAX_HOPS + 1]) {
      const step = fold(probe, program, born, signal, hops);
      const entry = { ...stamp, eventId, event: body, outcome: step.outcome, history: '[]', code: '' };
      expect(refold(probe, program, born, entry)).toEqual(step);
    }
  });

  it('does not start what too many sends in a row asked for', () => {
    const step = fold(probe, program, UNBORN, start, MAX_HOPS + 1);
    expect(step).toMatchObject({ status: 'failed', state: null, effects: [], outcome: { kind: 'rejected' } });
  });

  it('leaves what has ended as it is, however many sends brought the event', () => {
    const ended = { status: 'succeeded', state: born.state } as const;
    const late = event(3, { type: 'timer.fired', effect: '2.2' });
    expect(fold(probe, program, ended, late, MAX_HOPS + 1)).toMatchObject({
      ...ended,
      outcome: { kind: 'ignored' },
    });
  });

  it('takes a state of exactly the limit, and refuses a signal that would make it larger', () => {
    const signal = (bytes: number) => large(3, { type: 'signal', name: 'x' }, bytes);
    const none = JSON.stringify(fold(probe, program, waiting, signal(0)).state).length;
    const room = MAX_STATE_BYTES - none;
    const full = fold(probe, program, waiting, signal(room));
    expect(full.outcome.kind).toBe('applied');
    expect(JSON.stringify(full.state)).toHaveLength(MAX_STATE_BYTES);
    const step = fold(probe, program, waiting, signal(room + 1));
    expect(step).toMatchObject({ status: 'running', state: waiting.state, effects: [], outcome: tooLarge });
    expect(step.history).toMatchObject([
      { type: 'EventRejected', data: { event: 'x', code: 'state-too-large' } },
    ]);
  });

  it('fails an instance by an answer that would make it too large, and cancels all else that it waits for', () => {
    const answer = large(3, { type: 'task.succeeded', effect: '2.0', output: 1 });
    const step = fold(probe, program, waiting, answer);
    expect(step).toMatchObject({ status: 'failed', outcome: tooLarge });
    expect(step.effects).toEqual([
      { type: 'cancel', id: '3.0', target: '2.1', kind: 'task' },
      { type: 'cancel', id: '3.1', target: '2.2', kind: 'timer' },
      { type: 'cancel', id: '3.2', target: '2.3', kind: 'child' },
    ]);
    expect(step.history[0]).toMatchObject({ type: 'EventRejected', data: { event: 'task.succeeded' } });
  });

  it('does the same where an answer has it send to what can be no instance', () => {
    const effects = [{ type: 'send', id: '3.0', to: '', name: 'x' }] as const;
    const careless: Language = { ...probe, step: () => ({ ...waiting, effects }) };
    const step = fold(careless, program, waiting, event(3, { type: 'timer.fired', effect: '2.2' }));
    expect(step).toMatchObject({ status: 'failed', outcome: { problem: { code: 'invalid-receiver' } } });
    expect(step.effects.map((effect) => (effect.type === 'cancel' ? effect.target : ''))).toEqual([
      ...['2.0', '2.1', '2.3'],
    ]);
  });

  it('stops an instance however large that makes it', () => {
    const full: Json = { ...(waiting.state as Record<string, Json>), answers: 'x'.repeat(MAX_STATE_BYTES) };
    const step = fold(probe, program, { status: 'running', state: full }, event(3, { type: 'stop' }));
    expect(step).toMatchObject({ status: 'stopped', outcome: { kind: 'applied' } });
    expect(step.effects).toHaveLength(4);
  });
});
