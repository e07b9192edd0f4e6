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
