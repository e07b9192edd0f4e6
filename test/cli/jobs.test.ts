import { describe, expect, it } from 'vitest';
import { LAST_PRIORITY, MAX_JOB_ATTEMPTS, MAX_QUEUE_CONCURRENCY } from '../../src/core/limits.js';
import { openCommandLine } from './call.js';

describe('job', () => {
  it('adds a job, and shows it', async () => {
    const { call } = openCommandLine();
    const words = ['--id', 'mail-1', '--queue', 'mail', '--priority', '2', '--attempts', '5'];
    const options = [...words, '--backoff', '5s', '--timeout', '1m', '--heartbeat', '10s', '--delay', '1h'];
    const added = await call(['job', 'add', 'greet', '--input', '-', ...options], { stdin: '{"to": "Ada"}' });
    expect(added).toEqual({ code: 0, out: 'mail-1\n', err: '' });
    const shown = await call(['job', 'show', 'mail-1']);
    expect(shown.out).toMatch(/^id +mail-1\ntask +greet\nqueue +mail \(priority 2\)\nstatus +pending\n/);
    expect(shown.out).toMatch(/attempts +0 of 5\ninput +\{"to":"Ada"\}\n/);
    expect(JSON.parse((await call(['job', 'show', 'mail-1', '--json'])).out)).toMatchObject({
      ...{ input: { to: 'Ada' }, timeoutMs: 60_000, heartbeatMs: 10_000 },
      retry: { attempts: 5, delayMs: 5_000 },
    });
  });

  it('is the same for the same words, and a conflict for others', async () => {
    const { call } = openCommandLine();
    expect((await call(['job', 'add', 'greet', '--id', 'a'])).code).toBe(0);
    const again = await call(['job', 'add', 'greet', '--id', 'a', '--json']);
    expect(JSON.parse(again.out).duplicate).toBe(true);
    expect(await call(['job', 'add', 'wave', '--id', 'a'])).toMatchObject({
      code: 1,
      err: 'error: job "a" exists already, with another name, input or options\n',
    });
  });

  it('is cancelled and tried again, and says why not', async () => {
    const { call } = openCommandLine();
    await call(['job', 'add', 'greet', '--id', 'a']);
    expect((await call(['job', 'cancel', 'a'])).out).toMatch(/status +cancelled/);
    expect(await call(['job', 'cancel', 'a'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is cancelled and cannot be cancelled'),
    });
    expect((await call(['job', 'retry', 'a'])).out).toMatch(/status +pending/);
    expect(await call(['job', 'show', 'b'])).toMatchObject({
      code: 1,
      err: 'error: there is no job "b"\n',
    });
  });

  it.each([
    [['--priority', '0']],
    [['--priority', String(LAST_PRIORITY + 1)]],
    [['--attempts', '0']],
    [['--attempts', String(MAX_JOB_ATTEMPTS + 1)]],
    [['--input', '{']],
  ])('is used wrongly with %j', async (words) => {
    const { call } = openCommandLine();
    expect((await call(['job', 'add', 'greet', ...words])).code).toBe(2);
  });

  it.each(['add', 'show', 'cancel', 'retry'])('explains %s with an example', async (name) => {
    const { call } = openCommandLine();
    expect((await call(['job', name, '--help'])).out).toMatch(/Example:\n {2}detent job /);
  });
});

describe('jobs and queues', () => {
  it('are listed', async () => {
    const { call } = openCommandLine();
    await call(['job', 'add', 'greet', '--id', 'a', '--queue', 'mail']);
    await call(['job', 'add', 'wave', '--id', 'b', '--queue', 'mail', '--delay', '1h']);
    await call(['job', 'add', 'wave', '--id', 'c']);
    const ids = async (...words: string[]) =>
      JSON.parse((await call(['jobs', '--json', ...words])).out).items.map(({ id }: { id: string }) => id);
    expect(await ids('--queue', 'mail')).toEqual(['b', 'a']);
    expect(await ids('--name', 'wave', '--queue', 'default')).toEqual(['c']);
    await call(['pause', '--queue', 'mail']);
    expect((await call(['queues'])).out).toMatch(
      /^QUEUE .*\ndefault +1 +\S+ +0 +0 +0 +0 +0 +- +open\nmail +1 +\S+ +1 +0 +0 +0 +0 +- +paused\n$/,
    );
  });

  it('are limited, and no more', async () => {
    const { call } = openCommandLine();
    expect(await call(['queue', 'limit', 'mail', '2'])).toEqual({
      ...{ code: 0, err: '' },
      out: 'queue mail lets at most 2 of its jobs be done at once\n',
    });
    expect((await call(['queues'])).out).toMatch(/mail .* 2 +open/);
    const { out } = await call(['queue', 'limit', 'mail', 'none', '--json']);
    expect(JSON.parse(out)).toEqual({ queue: 'mail', concurrency: null });
    for (const wrong of ['0', 'many', String(MAX_QUEUE_CONCURRENCY + 1)])
      expect((await call(['queue', 'limit', 'mail', wrong])).code).toBe(2);
  });
});
