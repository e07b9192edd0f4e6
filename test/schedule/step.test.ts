import { describe, expect, it } from 'vitest';
import { UNBORN } from '../../src/core/fold.js';
import type { Json } from '../../src/core/json.js';
import { MAX_DELAY_MS } from '../../src/core/limits.js';
import { schedule } from '../../src/schedule/language.js';
import { MAX_NOTE_LENGTH, MAX_RECENT_RUNS, MAX_RUNNING } from '../../src/schedule/limits.js';
import { Drive, ms, REPORT, SEND } from './drive.js';

const DAY = '2026-11-22T';
const every = (interval: string, more: object = {}): Json => ({ every: interval, start: REPORT, ...more });
const at = (time: string) => `${DAY}${time}Z`;
const times = (...list: string[]) => list.map(at);

describe('a schedule', () => {
  it('waits for the first time and starts a run then, which is kept on its own', () => {
    const drive = new Drive({ cron: '0 3 * * *', start: REPORT }, at('01:00'));
    expect(drive.effects).toEqual([{ type: 'timer', id: '1.0', dueAt: ms(at('03:00')) }]);
    expect(drive.view.value).toBe('active');
    drive.fire();
    expect(drive.made('spawn')).toEqual([
      {
        type: 'spawn',
        id: '2.0',
        machine: 'report',
        input: { schedule: 'test', scheduledAt: '2026-11-22T03:00:00.000Z', triggered: false },
        detached: true,
      },
    ]);
    expect(drive.next).toBe('2026-11-23T03:00Z');
  });

  it('fires at once if it was created at one of its times', () => {
    const drive = new Drive(every('1h'), at('03:00'));
    drive.fire();
    expect(drive.fired).toEqual(times('03:00'));
    expect(drive.next).toBe(at('04:00'));
  });

  it('gives a run its input as it stands, and the firing under the stamp', () => {
    const input = { region: 'eu' };
    const plain = new Drive(every('1h', { start: { machine: 'm', input } }), at('03:00'));
    plain.fire();
    expect(plain.made('spawn')[0]?.input).toEqual(input);
    const stamped = new Drive(
      every('1h', { start: { machine: 'm', input, stamp: '__proto__' } }),
      at('03:00'),
    );
    stamped.fire();
    expect(JSON.stringify(stamped.made('spawn')[0]?.input)).toBe(
      '{"region":"eu","__proto__":{"schedule":"test","scheduledAt":"2026-11-22T03:00:00.000Z","triggered":false}}',
    );
  });

  it('sends a signal, however many it has sent', () => {
    const drive = new Drive({ every: '1h', send: { ...SEND, data: 7 } }, at('03:00')).until(at('05:30'));
    expect(drive.made('send').map(({ to, name, data }) => [to, name, data])).toEqual(
      Array.from({ length: 3 }, () => ['door', 'tick', 7]),
    );
    expect(drive.context.running).toEqual([]);
  });

  it('does not drift: an interval is counted from 1970, moved by its offset, or from its beginning', () => {
    const late = new Drive({ every: '1h', offset: '5m', send: SEND }, at('03:10'));
    late.fire(1_000);
    late.fire(2_000);
    expect(late.fired).toEqual(times('04:05', '05:05'));
    expect(late.next).toBe(at('06:05'));
    const from = new Drive({ every: '1h', from: at('03:20:00'), send: SEND }, at('03:00')).until(at('05:00'));
    expect(from.fired).toEqual(times('03:20', '04:20'));
  });

  it('ends before "until", and says so', () => {
    const drive = new Drive({ every: '1h', until: at('05:00:00'), send: SEND }, at('03:00')).until(
      at('12:00'),
    );
    expect(drive.fired).toEqual(times('03:00', '04:00'));
    expect(drive.standing.status).toBe('succeeded');
    expect(drive.view).toMatchObject({ value: 'finished', output: { fired: 2 } });
    expect(drive.told('ScheduleFinished')).toEqual([{ why: 'no more times' }]);
  });

  it('ends at once if there is no time left', () => {
    const drive = new Drive({ every: '1h', until: at('02:00:00'), send: SEND }, at('03:00'));
    expect([drive.standing.status, drive.timer]).toEqual(['succeeded', undefined]);
  });

  it('ends after as many firings as its limit says, when the last run has ended', () => {
    const drive = new Drive(every('1h', { limit: 2, overlap: 'allow' }), at('03:00')).until(at('12:00'));
    expect(drive.fired).toEqual(times('03:00', '04:00'));
    expect([drive.standing.status, drive.timer]).toEqual(['running', undefined]);
    drive.endRun();
    drive.endRun('failed', 'Boom');
    expect(drive.standing.status).toBe('succeeded');
    expect(drive.told('ScheduleFinished')).toEqual([{ why: 'limit' }]);
    expect(drive.context.recent).toMatchObject([
      { status: 'failed', error: 'Boom' },
      { status: 'succeeded' },
    ]);
  });

  it('does not count towards its limit what it skipped or was triggered to do', () => {
    const drive = new Drive(every('1h', { limit: 2 }), at('03:00')).until(at('05:30'));
    drive.endRun();
    drive.signal('trigger');
    drive.endRun();
    drive.until(at('06:00'));
    expect(drive.context.counts).toEqual({ fired: 2, triggered: 1, skipped: 2, missed: 0 });
    expect(drive.timer).toBeUndefined();
  });

  it('is refused with everything that is wrong with its specification', () => {
    const drive = new Drive({ every: 'often', start: {} });
    expect(drive.standing).toEqual({ ...UNBORN, status: 'failed' });
    expect(drive.outcome).toMatchObject({
      kind: 'rejected',
      problem: { code: 'schedule-invalid', path: '/every' },
    });
  });

  it('sleeps in stages where its time is further away than a timer may be', () => {
    const until = MAX_DELAY_MS + 5_000;
    const from = new Date(until).toISOString();
    const drive = new Drive({ every: '1h', from, send: SEND });
    expect(drive.timer?.dueAt).toBe(MAX_DELAY_MS);
    drive.fire();
    expect(drive.fired).toEqual([]);
    expect(drive.timer?.dueAt).toBe(until);
    drive.fire();
    expect(drive.made('send')).toHaveLength(1);
  });

  it('delays each firing by chance, but never to the next', () => {
    const delays = Array.from({ length: 50 }, (_, i) => {
      const drive = new Drive({ every: '10s', jitter: '1h', send: SEND }, at('03:00'), `seed ${i}`);
      return (drive.timer?.dueAt ?? 0) - ms(at('03:00'));
    });
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(10_000);
    expect(new Set(delays).size).toBeGreaterThan(40);
    const drive = new Drive({ every: '1h', jitter: '10m', send: SEND }, at('03:00')).until(at('06:59'));
    expect(drive.fired).toEqual(times('03:00', '04:00', '05:00', '06:00'));
  });
});

describe('where the run before has not ended, a schedule', () => {
  const running = (overlap?: string) =>
    new Drive(every('1h', overlap === undefined ? {} : { overlap }), at('03:00')).until(at('03:30'));

  it('skips the firing, if nothing else is said', () => {
    const drive = running().until(at('05:30'));
    expect(drive.fired).toEqual(times('03:00'));
    expect(drive.told('ScheduleSkipped')).toMatchObject([
      { scheduledAt: '2026-11-22T04:00:00.000Z', why: 'the run before has not ended' },
      { scheduledAt: '2026-11-22T05:00:00.000Z' },
    ]);
    drive.endRun();
    drive.until(at('06:00'));
    expect(drive.fired).toEqual(times('03:00', '06:00'));
  });

  it('starts another where that is allowed', () => {
    const drive = running('allow').until(at('05:30'));
    expect(drive.context.running).toMatchObject([
      { id: 'schedule/test/2.0/0' },
      { id: 'schedule/test/3.0/0' },
      { id: 'schedule/test/4.0/0' },
    ]);
  });

  it('lets one wait, and starts it when the run ends', () => {
    const drive = running('queue').until(at('05:30'));
    expect(drive.context.waiting).toMatchObject({ scheduledAt: '2026-11-22T04:00:00.000Z' });
    expect(drive.told('ScheduleSkipped')).toMatchObject([{ why: 'another waits already' }]);
    drive.endRun();
    expect(drive.fired).toEqual(times('03:00', '04:00'));
    expect(drive.context.waiting).toBeNull();
  });

  it('stops the run once, and starts the newest firing when it has stopped', () => {
    const drive = running('replace').until(at('05:30'));
    expect(drive.made('cancel')).toMatchObject([{ target: '2.0', kind: 'child' }]);
    expect(drive.context.running).toMatchObject([{ stopping: true }]);
    expect(drive.told('ScheduleSkipped')).toMatchObject([{ why: 'replaced' }]);
    drive.endRun('stopped');
    expect(drive.fired).toEqual(times('03:00', '05:00'));
  });

  it('does not end before what waits has run', () => {
    const drive = new Drive(every('1h', { overlap: 'queue', limit: 2 }), at('03:00')).until(at('04:30'));
    expect([drive.timer, drive.standing.status]).toEqual([undefined, 'running']);
    drive.endRun();
    expect(drive.standing.status).toBe('running');
    drive.endRun();
    expect(drive.context.counts).toMatchObject({ fired: 2, skipped: 0 });
    expect(drive.standing.status).toBe('succeeded');
  });

  it('waits for another time where a trigger took the place of the last one', () => {
    const drive = new Drive(every('1h', { overlap: 'replace', limit: 2 }), at('03:00')).until(at('04:30'));
    drive.signal('trigger');
    expect(drive.next).toBe(at('05:00'));
  });

  it(`has at most ${MAX_RUNNING} runs`, () => {
    const drive = new Drive(every('1h', { overlap: 'allow' }), at('03:30'));
    const run = { id: 'r', effect: 'r', scheduledAt: 0, triggered: false, startedAt: 0 };
    const state = drive.standing.state as object;
    const runs = Array.from({ length: MAX_RUNNING - 1 }, () => run);
    drive.standing = { ...drive.standing, state: { ...state, running: runs } };
    drive.signal('trigger');
    expect(drive.made('spawn')).toHaveLength(1);
    drive.signal('trigger');
    expect(drive.made('spawn')).toHaveLength(1);
    expect(drive.told('ScheduleSkipped')).toMatchObject([{ why: 'too many runs' }]);
  });

  it(`remembers ${MAX_RECENT_RUNS} ended runs, the newest first`, () => {
    const drive = new Drive(every('1h'), at('03:00'));
    for (let i = 0; i <= MAX_RECENT_RUNS; i++) {
      drive.fire();
      drive.endRun();
    }
    const recent = drive.context.recent as readonly { readonly scheduledAt: string }[];
    expect(recent).toHaveLength(MAX_RECENT_RUNS);
    expect(recent[0]?.scheduledAt).toBe('2026-11-22T13:00:00.000Z');
  });
});

describe('someone who', () => {
  it('pauses a schedule keeps it from firing until it is resumed, from then on', () => {
    const drive = new Drive(every('1h'), at('03:30'));
    expect(drive.signal('pause', { note: 'holiday' })).toMatchObject([{ type: 'cancel', target: '1.0' }]);
    expect([drive.view.value, drive.next, drive.context.note]).toEqual(['paused', null, 'holiday']);
    drive.until(at('06:30')).signal('resume');
    expect([drive.view.value, drive.next, drive.context.note]).toEqual(['active', at('07:00'), undefined]);
    expect(drive.context.counts).toMatchObject({ fired: 0, missed: 0 });
  });

  it('pauses it while jitter holds a firing back, finds it among the missed', () => {
    const drive = new Drive({ every: '1h', jitter: '50m', send: SEND }, at('03:00'));
    drive.now += 1;
    drive.signal('pause');
    expect(drive.told('ScheduleMissed')).toMatchObject([{ count: 1 }]);
  });

  it('pauses or resumes it twice is not heard the second time', () => {
    const drive = new Drive(every('1h', { paused: true }), at('03:30'));
    drive.signal('pause');
    expect(drive.outcome.kind).toBe('ignored');
    drive.signal('resume');
    drive.signal('resume');
    expect(drive.outcome.kind).toBe('ignored');
  });

  it(`may give the pause a note of ${MAX_NOTE_LENGTH} characters`, () => {
    const drive = new Drive(every('1h'), at('03:30'));
    drive.signal('pause', { note: 'x'.repeat(MAX_NOTE_LENGTH + 1) });
    expect([drive.outcome.kind, drive.view.value]).toEqual(['rejected', 'active']);
    drive.signal('pause', { note: 'x'.repeat(MAX_NOTE_LENGTH) });
    expect(drive.outcome.kind).toBe('applied');
  });

  it('resumes or updates it at the very time it fired does not make it fire again', () => {
    const drive = new Drive(every('1h'), at('03:00'));
    drive.fire();
    drive.signal('pause');
    drive.signal('resume');
    expect(drive.next).toBe(at('04:00'));
    drive.signal('update', every('30m'));
    expect(drive.next).toBe(at('03:30'));
  });

  it('pauses it holds back what waits for a run, but not what was triggered', () => {
    const drive = new Drive(every('1h', { overlap: 'queue' }), at('03:00')).until(at('04:30'));
    drive.signal('pause');
    drive.endRun();
    expect(drive.fired).toEqual(times('03:00'));
    drive.signal('trigger');
    drive.signal('trigger');
    drive.endRun();
    expect(drive.context.counts).toMatchObject({ fired: 1, triggered: 1 });
    drive.signal('resume');
    expect(drive.context.counts).toMatchObject({ fired: 2, triggered: 1 });
  });

  it('triggers it makes it fire now, paused or not, and leaves its times alone', () => {
    const drive = new Drive(every('1h', { paused: true, overlap: 'allow' }), at('03:30'));
    drive.signal('trigger');
    expect(drive.made('spawn')[0]?.input).toMatchObject({
      scheduledAt: '2026-11-22T03:30:00.000Z',
      triggered: true,
    });
    drive.signal('resume');
    drive.signal('trigger');
    expect(drive.next).toBe(at('04:00'));
  });

  it('skips a time loses just that one', () => {
    const drive = new Drive({ every: '1h', send: SEND }, at('03:30'));
    drive.signal('skip');
    drive.until(at('05:30'));
    expect(drive.fired).toEqual(times('05:00'));
    drive.signal('pause');
    drive.signal('skip');
    expect(drive.outcome.kind).toBe('ignored');
  });

  it('updates it makes it follow the new specification from then on', () => {
    const drive = new Drive(every('1h'), at('03:00')).until(at('03:10'));
    drive.signal('update', { every: '15m', send: SEND });
    expect(drive.made('cancel')).toHaveLength(1);
    expect(drive.next).toBe(at('03:15'));
    expect(drive.context).toMatchObject({
      specification: { every: '15m' },
      running: [{}],
      counts: { fired: 1 },
    });
    drive.signal('update', every('15m', { paused: true }));
    expect([drive.view.value, drive.timer]).toEqual(['paused', undefined]);
    drive.signal('update', every('20m'));
    expect(drive.view.value).toBe('paused');
    drive.signal('update', every('20m', { paused: false }));
    expect(drive.next).toBe(at('03:20'));
  });

  it('updates it with a wrong specification is told so, and it stays as it was', () => {
    const drive = new Drive(every('1h'), at('03:30'));
    const before = drive.standing;
    drive.signal('update', { evry: '15m', start: REPORT });
    expect(drive.outcome).toMatchObject({ kind: 'rejected', problem: { hint: 'did you mean "every"?' } });
    expect(drive.standing).toEqual(before);
    drive.signal('update');
    expect(drive.outcome.kind).toBe('rejected');
  });

  it('updates it while jitter holds a firing back does not lose that firing', () => {
    const drive = new Drive({ every: '1h', jitter: '50m', send: SEND }, at('03:00'));
    drive.now += 1;
    drive.signal('update', { every: '30m', send: SEND });
    expect(drive.fired).toEqual(times('03:00'));
    expect([drive.next, drive.timer?.dueAt]).toEqual([at('03:30'), ms(at('03:30'))]);
  });

  it('stops it ends it; its runs go on, and nothing waits any more', () => {
    const drive = new Drive(every('1h', { overlap: 'queue' }), at('03:00')).until(at('04:30'));
    expect(drive.fold({ type: 'stop' })).toMatchObject([{ type: 'cancel', kind: 'timer' }]);
    expect([drive.standing.status, drive.view.value]).toEqual(['stopped', 'finished']);
    expect(drive.context.waiting).toBeNull();
    expect(drive.context.running).toHaveLength(1);
  });

  it('brings it to where it cannot go on fails it, as a stop would end it, and it says why', () => {
    const drive = new Drive(every('1h', { overlap: 'queue' }), at('03:00')).until(at('04:30'));
    const { state } = drive.standing;
    const event = { id: 'e', instance: 'schedule/s', revision: 99, at: drive.now, seed: '' };
    const failure = { error: 'state-too-large', cause: 'too large' };
    const step = schedule.fail(schedule.compile({}), state, { ...event, type: 'continue' }, failure);
    expect(step).toMatchObject({ status: 'failed', effects: [{ type: 'cancel', kind: 'timer' }] });
    expect(step.history).toEqual([{ type: 'ScheduleFailed', data: failure }]);
    expect(schedule.view(step.state)).toMatchObject({
      value: 'finished',
      error: failure,
      context: { waiting: null },
    });
  });

  it('sends it anything else is not heard', () => {
    const drive = new Drive(every('1h'), at('03:30'));
    for (const body of [
      { type: 'signal', name: 'explode' },
      { type: 'timer.fired', effect: '9.9' },
      { type: 'child.ended', effect: '9.9', child: 'c', status: 'succeeded', output: null },
      { type: 'continue' },
    ] as const) {
      drive.fold(body);
      expect(drive.outcome.kind).toBe('ignored');
    }
  });
});

describe('what a schedule shows', () => {
  it('are the states it is in and the events it takes', () => {
    const program = schedule.compile({});
    const drive = new Drive(every('1h'), at('03:30'));
    const shown = () => [
      schedule.active(program, drive.standing.state),
      schedule.accepts(program, drive.standing.state),
    ];
    expect(shown()).toEqual([['active'], ['pause', 'trigger', 'update', 'skip']]);
    drive.signal('pause');
    expect(shown()).toEqual([['paused'], ['resume', 'trigger', 'update']]);
    drive.fold({ type: 'stop' });
    expect(shown()).toEqual([['finished'], []]);
    expect([schedule.active(program, null), schedule.accepts(program, null)]).toEqual([[], []]);
    expect(schedule.view(null).value).toBeNull();
  });

  it('is a graph whose edges join its nodes', () => {
    const { nodes, edges } = schedule.graph({});
    const ids = nodes.map(({ id }) => id);
    expect(edges.filter(({ from, to }) => !ids.includes(from) || !ids.includes(to))).toEqual([]);
  });

  it('is one definition, which is empty', () => {
    expect(schedule.check({})).toEqual([]);
    expect(schedule.check({ cron: '@daily' })).toHaveLength(1);
    expect(() => schedule.compile([])).toThrow('empty object');
  });
});
