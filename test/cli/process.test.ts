import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './child-script.js';
import { call, start, startDev } from './program-process.js';

const examples = join(import.meta.dirname, '..', '..', 'examples');

function folderWith(...names: string[]): string {
  const folder = temporaryFolder();
  for (const name of names) copyFileSync(join(examples, name), join(folder, name));
  return folder;
}

describe('the program', () => {
  it('runs an order to its end', async () => {
    const folder = folderWith('order.yaml', 'handlers.mjs');
    const events = ['--event', 'PAY={"amount": 25}', '--event', 'PAY={"amount": 15}'];
    const words = ['run', 'order.yaml', '--handlers', 'handlers.mjs', '--input', '{"total": 40}', ...events];
    const { code, out } = await call(folder, ...words, '--until-idle', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      machine: 'order',
      status: 'running',
      value: 'shipped',
      context: { total: 40, paid: 40, parcel: expect.stringMatching(/^parcel-/) },
    });
  });

  it('runs a workflow to its end, through a retry', async () => {
    const folder = folderWith('onboarding.asl.json', 'handlers.mjs');
    const input = '{"email": "ada@example.com", "plan": "business"}';
    const words = ['run', 'onboarding.asl.json', '--handlers', 'handlers.mjs', '--input', input, '--json'];
    const { code, out, err } = await call(folder, ...words);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      status: 'succeeded',
      output: { to: 'ada@example.com', from: 'Ada' },
    });
    expect(err).toContain('LambdaFunctionFailed');
  });

  it('checks the examples', async () => {
    const { code, out, err } = await call(examples, 'check', '.');
    expect([code, out]).toEqual([0, '']);
    expect(err).toBe('3 machines, 0 problems\n');
  });

  it('keeps a store that several calls share', async () => {
    const folder = folderWith('turnstile.yaml');
    const dev = await startDev(folder, 'turnstile.yaml');
    expect(await call(folder, 'create', 'turnstile', '--id', 't')).toEqual({ code: 0, out: 't\n', err: '' });
    expect((await call(folder, 'send', 't', 'COIN', '--wait', '20s')).out).toContain('applied at revision 2');
    dev.child.kill('SIGTERM');
    expect(await dev.ended).toBe(0);
    expect(JSON.parse((await call(folder, 'show', 't', '--json')).out)).toMatchObject({ value: 'unlocked' });
  });

  it('reads an input from stdin', async () => {
    const folder = folderWith('order.yaml');
    const program = start(
      folder,
      ['run', 'order.yaml', '--input', '-', '--until-idle', '--json'],
      '{"total": 7}',
    );
    expect(await program.ended).toBe(0);
    expect(JSON.parse(program.stdout)).toMatchObject({ value: 'unpaid', context: { total: 7 } });
  });

  it('ends when nobody reads on, without a word', async () => {
    const folder = folderWith('turnstile.yaml');
    const program = start(folder, ['run', 'turnstile.yaml', '--until-idle', '--json']);
    program.child.stdout?.destroy();
    expect(await program.ended).toBe(0);
    expect(program.stderr).not.toContain('EPIPE');
  });

  it('ends although a module keeps a timer', async () => {
    const folder = folderWith();
    writeFileSync(join(folder, 'h.mjs'), 'setInterval(() => {}, 1000); export const handlers = { a() {} };');
    expect((await call(folder, 'check', 'h.mjs')).code).toBe(0);
  });

  it.each([
    ['a file that is no database', 'not a database'.repeat(100), 'is not a database'],
    ['a folder', undefined, 'cannot be opened'],
  ])('says in one sentence that the store is %s', async (_, content, sentence) => {
    const folder = folderWith();
    const db = content === undefined ? folder : join(folder, 'x.db');
    if (content !== undefined) writeFileSync(db, content);
    const { code, err } = await call(folder, 'list', '--db', `sqlite:${db}`);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: .+\n$/);
    expect(err).toContain(sentence);
  });
});
