import { describe, expect, it } from 'vitest';
import { actionText, whenText } from '../../src/cli/text/schedule.js';
import { openCommandLine } from './call.js';
import { writeTemporary } from './child-script.js';

const YEARLY = ['--cron', '@yearly', '--start', 'probe'];

/** A command line whose store has one machine, `probe`, and a worker. */
async function open() {
  const { call, engine } = openCommandLine();
  await engine({ worker: true }).publish({ machine: 'probe', language: 'statechart', source: {} });
  const json = async (...words: string[]) => JSON.parse((await call(['schedule', ...words, '--json'])).out);
  /** Created, and taken up by the worker. */
  const add = async (name: string, ...words: string[]) => {
    expect(await call(['schedule', 'add', name, ...words])).toEqual({ code: 0, out: `${name}\n`, err: '' });
    await call(['schedule', 'skip', name, '--wait', '20s']);
    return json('show', name);
  };
  return { call, json, add };
}

describe('schedule add', () => {
  it('makes a specification of its words', async () => {
    const { add } = await open();
    const shown = await add(
      'nightly',
      ...['--cron', '30 2 * * *', '--time-zone', 'Europe/Berlin', '--jitter', '1m', '--start', 'probe'],
      ...['--input', '{"region": "eu"}', '--stamp', 'firing', '--overlap', 'allow', '--catch-up', 'all'],
      ...['--catch-up-window', '2h', '--from', '2026-01-01T00:00:00Z', '--until', '2126-01-01T00:00:00Z'],
      ...['--limit', '7', '--paused'],
    );
    expect(shown).toMatchObject({ value: 'paused', next: null });
    expect(shown.specification).toEqual({
      cron: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      jitter: '1m',
      start: { machine: 'probe', input: { region: 'eu' }, stamp: 'firing' },
      overlap: 'allow',
      catchUp: 'all',
      catchUpWindow: '2h',
      from: '2026-01-01T00:00:00Z',
      until: '2126-01-01T00:00:00Z',
      limit: 7,
      paused: true,
    });
  });

  it('makes a schedule that sends', async () => {
    const { add } = await open();
    const words = ['--every', '365d', '--offset', '1h', '--send', 'a/1.0/0', '--type', 'GO', '--data', '[1]'];
    expect((await add('poll', ...words)).specification).toEqual({
      every: '365d',
      offset: '1h',
      send: { to: 'a/1.0/0', type: 'GO', data: [1] },
    });
  });

  it('takes a file instead, of which it says the lines that are wrong', async () => {
    const { add, call } = await open();
    const right = writeTemporary('right.yaml', 'cron: "@yearly"\nstart:\n  machine: probe\n');
    const { specification } = await add('a', '--file', right);
    expect(specification).toEqual({ cron: '@yearly', start: { machine: 'probe' } });
    const wrong = writeTemporary('wrong.yaml', 'cron: 61 * * * *\nstart:\n  machine: a/b\nlimit: 0\n');
    const { code, out, err } = await call(['schedule', 'add', 'b', '--file', wrong]);
    expect([code, out]).toEqual([1, '']);
    const places = [...err.matchAll(/^.*wrong\.yaml:(\d+):\d+ (\S+)/gm)].map(([, line]) => line);
    expect(places).toEqual(['1', '3', '4']);
    expect(err).toContain('3 problems: nothing was done');
    expect((await call(['schedule', 'show', 'b'])).err).toBe('error: there is no schedule "b"\n');
  });

  it.each([
    ['text that is no YAML', 'a: [', 1],
    ['no object', '- 1', 1],
    ['nothing', '', 1],
  ])('takes no file that is %s', async (_, text, code) => {
    const { call } = await open();
    const answer = await call(['schedule', 'add', 'b', '--file', writeTemporary('wrong.yaml', text)]);
    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.err).toContain('wrong.yaml');
  });

  it('says that there is no such file', async () => {
    const { call } = await open();
    const { code, err } = await call(['schedule', 'add', 'b', '--file', 'nowhere.yaml']);
    expect([code, err]).toMatchObject([1, expect.stringContaining('nowhere.yaml')]);
  });

  it('says everything that is wrong at once', async () => {
    const { call } = await open();
    const words = ['--every', 'soon', '--limit', 'many', '--start', 'a/b'];
    const { code, err } = await call(['schedule', 'add', 'b', ...words]);
    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toHaveLength(3);
  });

  it.each([
    [['--file', 'a.yaml', '--cron', '@daily'], '--file has all of it'],
    [['--file', 'a.yaml', '--catch-up', 'all'], '--catch-up is given too'],
    [['--every', '1h', '--send', 'a', '--type', 'b', '--input', '1'], '--input goes with --start'],
    [['--every', '1h', '--start', 'a', '--data', '1'], '--data goes with --send'],
    [['--every', '1h', '--stamp', 'a'], '--stamp goes with --start or --send'],
    [['--every', '1h', '--start', 'a', '--overlap', 'never'], 'Allowed choices are'],
    [['--every', '1h', '--start', 'a', '--input', '{'], '--input is not JSON'],
  ])('is not called with %j', async (words, complaint) => {
    const { call } = await open();
    const { code, err } = await call(['schedule', 'add', 'b', ...words]);
    expect(code).toBe(2);
    expect(err).toContain(complaint);
  });

  it('answers the same again, and refuses another under the name', async () => {
    const { call } = await open();
    for (const _ of [1, 2]) expect((await call(['schedule', 'add', 'a', ...YEARLY])).code).toBe(0);
    const { code, err } = await call(['schedule', 'add', 'a', '--every', '1d', '--start', 'probe']);
    expect([code, err]).toMatchObject([1, expect.stringContaining('exists already')]);
  });
});

describe('the other commands of schedules', () => {
  it('show it to people', async () => {
    const { add, call } = await open();
    await add('a', ...YEARLY);
    await call(['schedule', 'trigger', 'a', '--wait', '20s']);
    const { out } = await call(['schedule', 'show', 'a']);
    expect(out).toMatch(/^when +@yearly \(UTC\)$/m);
    expect(out).toMatch(/^does +start probe$/m);
    expect(out).toMatch(/^next +\d{4}-01-01T00:00:00.000Z$/m);
    expect(out).toMatch(/^counts +0 fired, 1 triggered, 1 skipped, 0 missed$/m);
    expect(out).toMatch(/^running +schedule\/a\/3.0\/0 since /m);
    const list = (await call(['schedule', 'list'])).out.split('\n');
    expect(list[0]).toMatch(/^NAME +STATE +NEXT/);
    expect(list[1]).toMatch(/^a +active +\d{4}-\S+ +1 +1 +0 +1 +@yearly \(UTC\) +start probe$/);
  });

  it('show what no worker has taken up as new', async () => {
    const { call } = openCommandLine();
    await call(['schedule', 'add', 'a', ...YEARLY]);
    expect((await call(['schedule', 'list'])).out).toMatch(/^a +new +- /m);
    expect((await call(['schedule', 'show', 'a'])).out).toMatch(/^state +new$/m);
  });

  it('pause and resume it, and say what was ignored', async () => {
    const { add, call, json } = await open();
    await add('a', ...YEARLY);
    expect((await call(['schedule', 'pause', 'a', '--note', 'why', '--wait'])).out).toContain('applied');
    expect((await call(['schedule', 'show', 'a'])).out).toMatch(/^state +paused: why$/m);
    expect((await call(['schedule', 'pause', 'a', '--wait'])).out).toContain('ignored');
    await call(['schedule', 'resume', 'a', '--wait', '20s']);
    expect(await json('show', 'a')).toMatchObject({ value: 'active' });
  });

  it('replace the whole specification', async () => {
    const { add, call, json } = await open();
    await add('a', ...YEARLY);
    await call(['schedule', 'update', 'a', '--every', '1d', '--start', 'probe', '--wait', '20s']);
    const { specification } = await json('show', 'a');
    expect(specification).toEqual({ every: '1d', start: { machine: 'probe' } });
    const wrong = await call(['schedule', 'update', 'a', '--every', 'soon', '--start', 'probe']);
    expect(wrong.code).toBe(1);
    const nobody = await call(['schedule', 'update', 'nobody', ...YEARLY]);
    expect([nobody.code, nobody.err]).toEqual([1, 'error: there is no schedule "nobody"\n']);
  });

  it('end it, and tell it nothing after that', async () => {
    const { add, call, json } = await open();
    await add('a', ...YEARLY);
    expect((await call(['schedule', 'remove', 'a'])).code).toBe(0);
    for (let i = 0; i < 2_000 && (await json('show', 'a')).status === 'running'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { code, err } = await call(['schedule', 'trigger', 'a']);
    expect([code, err]).toMatchObject([1, expect.stringContaining('has ended, as stopped')]);
  });

  it('list a page at a time, those of a status alone', async () => {
    const { add, call } = await open();
    for (const name of ['a', 'b']) await add(name, ...YEARLY);
    const first = await call(['schedule', 'list', '--limit', '1', '--status', 'running']);
    const after = /--after (\S+)/.exec(first.err)?.[1] ?? '';
    const rest = await call(['schedule', 'list', '--after', after]);
    const names = [first, rest].map(({ out }) => out.split('\n')[1]?.[0]);
    expect(names.sort()).toEqual(['a', 'b']);
    expect((await call(['schedule', 'list', '--status', 'failed'])).out.split('\n')).toHaveLength(2);
  });

  it('explain themselves where none is named', async () => {
    const { call } = openCommandLine();
    const { code, err } = await call(['schedule']);
    expect([code, err]).toMatchObject([2, expect.stringContaining('trigger')]);
  });
});

describe('a specification in a line', () => {
  it('says when and what', () => {
    expect(whenText({ every: '15m' })).toBe('every 15m');
    expect(whenText({ cron: '@daily' })).toBe('@daily (UTC)');
    expect(whenText(null)).toBe('-');
    expect(actionText(null)).toBe('-');
    expect(actionText({ send: { to: 'door', type: 'tick' } })).toBe('send tick to door');
  });
});
