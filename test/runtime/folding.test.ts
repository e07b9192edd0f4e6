import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../src/core/event.js';
import { refold, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Instance } from '../../src/core/instance.js';
import { APPLIED } from '../../src/core/journal.js';
import type { Json } from '../../src/core/json.js';
import type { Language } from '../../src/core/language.js';
import { MAX_HOPS, MAX_STATE_BYTES, MAX_TASK_NAME_LENGTH, TASK_DEADLINE_MS } from '../../src/core/limits.js';
import type { Message } from '../../src/core/message.js';
import { type Fold, foldMailbox } from '../../src/runtime/folding.js';
import { Registry, type Steppable } from '../../src/runtime/registry.js';
import type { FoldedMessage } from '../../src/store/store.js';
import { probe } from '../../src/testing/probe-language.js';

const definition = { machine: 'm', language: 'probe', source: {}, hash: 'h', version: 1 };
const steppable = new Registry({ languages: [probe] }).add(definition) as Steppable;

const unborn: Instance = {
  id: 'i',
  machine: 'm',
  definition: 'h',
  status: 'running',
  revision: 0,
  state: null,
  createdAt: 0,
  updatedAt: 0,
};

function message(seq: number, body: EventBody, hops = 0): Message {
  return {
    id: `e${seq}`,
    to: 'i',
    dueAt: seq,
    seq,
    event: JSON.stringify(body),
    seed: `s${seq}`,
    cause: '',
    hops,
  };
}

const start = message(0, { type: 'start', machine: 'm', input: null });
const signal = (seq: number, ...data: Json[]) => message(seq, { type: 'signal', name: 'x', data });

function after(instance: Instance, commit: Fold): Instance {
  const { revision, status, updatedAt } = commit;
  return { ...instance, revision, status, updatedAt, state: commit.state ?? instance.state };
}

function takeAll(messages: readonly Message[], sizes: readonly number[], now = 1_000) {
  let instance = unborn;
  const journal: FoldedMessage[] = [];
  const left = [...messages];
  for (let turn = 0; left.length > 0; turn++) {
    const batch = left.splice(0, sizes[turn % sizes.length] ?? 1);
    const commit = foldMailbox({ instance, messages: batch, now }, { instance: 'i', token: 't' }, steppable);
    journal.push(...commit.folded);
    instance = after(instance, commit);
  }
  return { instance, journal };
}

const command: fc.Arbitrary<Json> = fc.oneof(
  fc.record({ timer: fc.nat(100) }),
  fc.record({ task: fc.constantFrom('a', 'b'), input: fc.nat(9) }),
  fc.record({ send: fc.constantFrom('i', 'j'), name: fc.constant('n') }),
  fc.record({ cancel: fc.constantFrom('timer', 'task') }),
);
const body: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record({
    type: fc.constant('signal' as const),
    name: fc.constant('x'),
    data: fc.array(command, { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('timer.fired' as const), effect: fc.constantFrom('1.0', '2.0', '3.1') }),
  fc.record({
    type: fc.constant('task.succeeded' as const),
    effect: fc.constantFrom('2.0', '4.0'),
    output: fc.nat(),
  }),
);
const bodies = fc.array(body, { maxLength: 30 });
const messagesOf = (list: readonly EventBody[]) => [start, ...list.map((one, i) => message(i + 1, one))];

describe('foldMailbox', () => {
  it('gives the same bytes whether events come one by one or in batches', () => {
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (list, sizes) => {
        const messages = messagesOf(list);
        expect(takeAll(messages, sizes)).toEqual(takeAll(messages, [1]));
      }),
    );
  });

  it('writes a journal that folds to the stored state again', () => {
    fc.assert(
      fc.property(bodies, (list) => {
        const messages = messagesOf(list);
        const { instance, journal } = takeAll(messages, [5]);
        let standing: Standing = UNBORN;
        for (const { seq, ...entry } of journal) {
          const { id: eventId, seed, event } = messages[seq] as Message;
          const journaled = { instance: 'i', eventId, seed, event, ...entry };
          standing = refold(probe, steppable.program, standing, journaled);
        }
        expect(JSON.stringify(standing.state)).toBe(instance.state);
      }),
    );
  });

  it('ignores an answer that is not pending, and changes nothing but the journal', () => {
    const born = takeAll([start], [1]).instance;
    const stray = message(1, { type: 'timer.fired', effect: '9.9' });
    const commit = foldMailbox(
      { instance: born, messages: [stray], now: 2_000 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(commit).toMatchObject({
      state: undefined,
      status: 'running',
      revision: 2,
      timers: [],
      jobs: [],
      messages: [],
    });
    expect(commit.folded[0]?.outcome.kind).toBe('ignored');
  });

  it('makes children of what a step spawned, with who asked for them', () => {
    const spawn = { spawn: 'm', input: [{ end: 'succeeded' }], detached: true };
    const { spawns } = foldMailbox(
      { instance: unborn, messages: [start, signal(1, { timer: 5 }, spawn)], now: 1_000 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(spawns).toEqual([
      {
        ...{ parent: 'i', effect: '2.1', child: 'i/2.1/0', machine: 'm', input: spawn.input },
        ...{ detached: true, cause: 'i/2', hops: 0 },
      },
    ]);
  });

  it('makes a child that the same turn cancels too, and asks it to stop: a turn of its own would do no less', () => {
    const messages = [start, signal(1, { spawn: 'm' }), signal(2, { cancel: 'child' })];
    const commit = foldMailbox(
      { instance: unborn, messages, now: 1_000 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(commit.spawns.map(({ child }) => child)).toEqual(['i/2.0/0']);
    expect(commit.messages).toMatchObject([{ id: 'i/3/0', to: 'i/2.0/0', event: '{"type":"stop"}' }]);
  });

  it('tells the parent of the end of its child, once', () => {
    const child = { ...unborn, id: 'p/4.1/0', parent: 'p' };
    const messages = [start, signal(1, { end: 'succeeded' }), signal(2)];
    const commit = foldMailbox(
      { instance: child, messages, now: 1_000 },
      { instance: child.id, token: 't' },
      steppable,
    );
    expect(commit.messages.map(({ id, to }) => [id, to])).toEqual([['p/4.1/0/2/ended', 'p']]);
    expect(JSON.parse(commit.messages[0]?.event ?? '')).toEqual({
      ...{ type: 'child.ended', effect: '4.1', child: 'p/4.1/0', status: 'succeeded', output: null },
    });
  });

  it('rejects a step that asks for a task by a name that no store could hold', () => {
    for (const [name, code] of [
      ['a\u0000b', 'invalid-task'],
      ['', 'invalid-task'],
      ['n'.repeat(MAX_TASK_NAME_LENGTH + 1), 'invalid-task'],
      ['n'.repeat(MAX_TASK_NAME_LENGTH), undefined],
      ['arn:aws:states:::lambda/invoke', undefined],
    ] as const) {
      const { folded } = foldMailbox(
        { instance: unborn, messages: [start, signal(1, { task: name })], now: 1_000 },
        { instance: 'i', token: 't' },
        steppable,
      );
      const outcome = folded[1]?.outcome;
      expect(outcome?.kind === 'rejected' ? outcome.problem.code : undefined).toBe(code);
    }
  });

  it('stamps time that never goes backwards', () => {
    const born = after(
      unborn,
      foldMailbox(
        { instance: unborn, messages: [start], now: 5_000 },
        { instance: 'i', token: 't' },
        steppable,
      ),
    );
    const commit = foldMailbox(
      { instance: born, messages: [signal(1)], now: 4_000 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(commit.folded[0]?.at).toBe(5_000);
  });

  it('turns effects into rows: jobs with a deadline, timers to itself, messages to others', () => {
    const messages = [start, signal(1, { timer: 70 }, { task: 'a', input: 1 }, { send: 'j' }, { send: 'i' })];
    const commit = foldMailbox(
      { instance: unborn, messages, now: 1_000 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(commit.timers).toMatchObject([
      { id: 'i/2/0', to: 'i', dueAt: 1_070 },
      { id: 'i/2/3', to: 'i', hops: 1 },
    ]);
    expect(commit.jobs).toMatchObject([
      { id: 'i/2/1', effect: '2.1', name: 'a', deadlineAt: 1_000 + TASK_DEADLINE_MS },
    ]);
    expect(commit.messages).toMatchObject([{ id: 'i/2/2', to: 'j', cause: 'i/2', hops: 1 }]);
    expect(commit.folded.map(({ seq }) => seq)).toEqual([0, 1]);
  });

  it('does not make what the same turn cancels, and cancels what an earlier one made', () => {
    const both = [
      start,
      signal(1, { timer: 70 }, { task: 'a' }),
      signal(2, { cancel: 'timer' }, { cancel: 'task' }),
    ];
    const together = foldMailbox(
      { instance: unborn, messages: both, now: 1 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(together).toMatchObject({ timers: [], jobs: [], cancelledTimers: [], cancelledJobs: [] });
    const { instance } = takeAll(both.slice(0, 2), [2]);
    const later = foldMailbox(
      { instance, messages: both.slice(2), now: 1 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(later).toMatchObject({ cancelledTimers: ['i/2/0'], cancelledJobs: ['i/2/1'] });
  });

  it('stops at an unfinished step, leaves the rest, and puts a continue before it', () => {
    const messages = [start, signal(1, { unfinished: true }), signal(2)];
    const commit = foldMailbox(
      { instance: unborn, messages, now: 1 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(commit.folded.map(({ seq }) => seq)).toEqual([0, 1]);
    expect(commit.timers).toMatchObject([{ dueAt: 0, event: '{"type":"continue"}' }]);
  });

  it('does not count hops anew after a continue, which is the same event going on', () => {
    const messages = [start, { ...signal(1, { unfinished: true }), hops: 7 }];
    const commit = foldMailbox(
      { instance: unborn, messages, now: 1 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(commit.timers).toMatchObject([{ id: 'i/2/continue', hops: 7 }]);
  });

  it('has a timer for the past due now, before nothing that came earlier', () => {
    const commit = foldMailbox(
      { instance: unborn, messages: [start, signal(1, { timer: -5_000 })], now: 1_000 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(commit.timers).toMatchObject([{ dueAt: 1_000 }]);
  });

  it('takes a message first however late it is, and leaves the rest when told to', () => {
    const load = { instance: unborn, messages: [start, signal(1), signal(2)], now: 1_000 };
    const commit = foldMailbox(load, { instance: 'i', token: 't' }, steppable, () => true);
    expect(commit.folded.map(({ seq }) => seq)).toEqual([0]);
  });

  it(`takes a message after ${MAX_HOPS} hops and rejects the next`, () => {
    const hop = (seq: number, hops: number) => message(seq, { type: 'signal', name: 'x' }, hops);
    const { journal } = takeAll([start, hop(1, MAX_HOPS), hop(2, MAX_HOPS + 1)], [3]);
    expect(journal.map((entry) => entry.outcome)).toMatchObject([
      { kind: 'applied' },
      { kind: 'applied' },
      { kind: 'rejected', problem: { code: 'too-many-hops' } },
    ]);
  });

  it('tells its parent why it was refused its start', () => {
    const child = { ...unborn, id: 'p/1.0/0', parent: 'p' };
    const messages = [{ ...start, to: child.id, hops: MAX_HOPS + 1 }];
    const commit = foldMailbox(
      { instance: child, messages, now: 1 },
      { instance: child.id, token: 't' },
      steppable,
    );
    expect(commit.status).toBe('failed');
    expect(commit.messages.map(({ to, event }) => [to, JSON.parse(event)])).toEqual([
      [
        'p',
        expect.objectContaining({
          type: 'child.ended',
          effect: '1.0',
          status: 'failed',
          error: 'too-many-hops',
        }),
      ],
    ]);
  });

  it('rejects the one signal of a batch that would make the state too large', () => {
    const hog = (seq: number, bytes: number) => ({ ...signal(seq), id: 'x'.repeat(bytes) });
    const messages = [start, signal(1), hog(2, MAX_STATE_BYTES), signal(3)];
    const { instance, journal } = takeAll(messages, [4]);
    expect(journal.map((entry) => entry.outcome.kind)).toEqual(['applied', 'applied', 'rejected', 'applied']);
    expect(JSON.parse(instance.state ?? '')).toMatchObject({ applied: ['e0', 'e1', 'e3'] });
  });

  it('takes a state of exactly the limit', () => {
    const overhead = takeAll([start, { ...signal(1), id: '' }], [2]).instance.state?.length ?? 0;
    const exact = takeAll([start, { ...signal(1), id: 'x'.repeat(MAX_STATE_BYTES - overhead) }], [2]);
    expect(exact.instance.state?.length).toBe(MAX_STATE_BYTES);
    const over = takeAll([start, { ...signal(1), id: 'x'.repeat(MAX_STATE_BYTES - overhead + 1) }], [2]);
    expect(over.journal[1]?.outcome.kind).toBe('rejected');
  });

  it('judges a state after each event, so that one which shrinks again in the same batch is refused all the same', () => {
    const hoard: Language = {
      ...probe,
      name: 'hoard',
      step: (_, state, event) => ({
        state: event.type === 'signal' ? 'x'.repeat(Number(event.data)) : (state ?? ''),
        ...{ status: 'running', effects: [], history: [], outcome: APPLIED },
      }),
    };
    const hoarding = new Registry({ languages: [hoard] }).add({
      ...definition,
      language: 'hoard',
    }) as Steppable;
    const size = (seq: number, data: number) => message(seq, { type: 'signal', name: 'x', data });
    const messages = [start, size(1, MAX_STATE_BYTES), size(2, 5)];
    const { state, folded } = foldMailbox(
      { instance: unborn, messages, now: 1 },
      { instance: 'i', token: 't' },
      hoarding,
    );
    expect(folded.map(({ outcome }) => outcome.kind)).toEqual(['applied', 'rejected', 'applied']);
    expect(state).toBe('"xxxxx"');
  });

  it('cancels the jobs and timers of an instance that an answer would have made too large', () => {
    const { instance } = takeAll([start, signal(1, { task: 'a' }, { task: 'b' }, { timer: 70 })], [2]);
    const answer = message(2, { type: 'task.succeeded', effect: '2.0', output: null });
    const commit = foldMailbox(
      { instance, messages: [{ ...answer, id: 'x'.repeat(MAX_STATE_BYTES) }], now: 1_000 },
      { instance: 'i', token: 't' },
      steppable,
    );
    expect(commit).toMatchObject({
      status: 'failed',
      cancelledJobs: ['i/2/1'],
      cancelledTimers: ['i/2/2'],
      folded: [{ outcome: { kind: 'rejected', problem: { code: 'state-too-large' } } }],
    });
  });
});
