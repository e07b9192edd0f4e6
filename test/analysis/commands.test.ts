import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { callProgram } from '../../src/cli/program.js';
import { openTerminal } from '../../src/cli/terminal.js';
import { LANGUAGES } from '../../src/embed/languages.js';

const folder = mkdtempSync(join(tmpdir(), 'detent-analysis-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function call(...words: string[]) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  async function* stdin() {}
  const code = await callProgram('1.2.3', {
    terminal: openTerminal({ stdin: stdin(), stdout: stream('out'), stderr: stream('err') }, {}),
    openEngine: async () => {
      throw new Error('no engine is needed');
    },
    languages: async () => LANGUAGES,
    words,
  });
  return { code, ...written };
}

describe('detent check', () => {
  const lamp = file(
    'lamp.yaml',
    [
      'id: lamp',
      'initial: off',
      'states:',
      '  off:',
      '    on: { PRESS: lit }',
      '  lit:',
      '    on: { FAIL: broken }',
      '  broken: {}',
      '',
    ].join('\n'),
  );

  it('says with line and column what looks wrong, and how one comes there, and lets it pass', async () => {
    expect(await call('check', lamp)).toEqual({
      code: 0,
      out: `${lamp}:8:3 dead-end nothing leads out of the state "broken" (reached by PRESS, FAIL) (add type: final if the machine ends there)\n`,
      err: '1 machine, 1 problem\n',
    });
  });

  it('marks it as a warning for programs', async () => {
    const { out } = await call('check', lamp, '--json');
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      problems: [{ code: 'dead-end', severity: 'warning', line: 8 }],
    });
  });
});

describe('detent paths', () => {
  const turnstile = join(import.meta.dirname, '..', '..', 'examples', 'turnstile.yaml');

  it('lists the paths that cover a machine', async () => {
    const { code, out, err } = await call('paths', turnstile);
    expect(out).toBe(
      [
        '1. COIN, after 10s',
        '   start      locked',
        '   COIN       unlocked',
        '   after 10s  locked',
        '2. COIN, PUSH',
        '   start  locked',
        '   COIN   unlocked',
        '   PUSH   locked',
        '',
      ].join('\n'),
    );
    expect([code, err]).toEqual([0, '2 paths\n']);
  });

  it('gives them to programs, and as tests', async () => {
    const { out } = await call('paths', turnstile, '--to', 'unlocked', '--json');
    expect(JSON.parse(out)).toMatchObject({
      machine: 'turnstile',
      paths: [{ steps: [{ kind: 'start' }, { kind: 'event', name: 'COIN' }] }],
      uncovered: [],
    });
    expect((await call('paths', turnstile, '--vitest')).out).toContain("from 'detent/testing'");
  });

  it('fails where a state is not there or not come to, and refuses samples that are none', async () => {
    expect(await call('paths', turnstile, '--to', 'unlocke')).toMatchObject({
      code: 1,
      err: expect.stringContaining('did you mean "unlocked"?'),
    });
    expect((await call('paths', turnstile, '--events', '{')).code).toBe(2);
    expect((await call('paths', turnstile, '--events', 'nowhere.json')).err).toContain(
      'neither JSON nor a file',
    );
    expect((await call('paths', turnstile, '--vitest', '--json')).code).toBe(2);
  });
});

describe('detent explore', () => {
  const order = join(import.meta.dirname, '..', '..', 'examples', 'order.yaml');

  it('says of an invariant that is no expression that it is wrong use', async () => {
    const { code, out, err } = await call('explore', order, '--invariant', 'context.paid <');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: --invariant is no expression: /);
  });

  it('prints the shortest way to break an invariant, and ends with 1', async () => {
    const { code, out } = await call('explore', order, '--invariant', 'context.paid <= context.total');
    expect(out).toBe(
      [
        'invariant: the invariant does not hold',
        '   start {"total":1}  unpaid',
        '   PAY {"amount":2}   packing',
        '',
      ].join('\n'),
    );
    expect(code).toBe(1);
  });

  it('says how much it has looked at where nothing is wrong, and ends with 0', async () => {
    const samples = ['--input', '{"total": 2}', '--events', file('events.json', '{"PAY": [{"amount": 1}]}')];
    expect(
      await call('explore', order, ...samples, '--invariant', '{% context.paid <= context.total %}'),
    ).toMatchObject({
      code: 0,
      out: 'nothing found: all 10 positions were looked at\n',
    });
  });

  it('gives the counterexample to programs', async () => {
    const { out } = await call('explore', order, '--invariant', 'value != "packing"', '--json');
    expect(JSON.parse(out)).toMatchObject({
      machine: 'order',
      counterexample: { code: 'invariant', steps: [{ kind: 'start' }, { name: 'PAY' }] },
    });
  });
});
