import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importModule } from '../../src/embed/handler-module.js';
import { folderWith, until } from './child-script.js';
import { call, start } from './program-process.js';

const LEAVING = `
initial: asking
states:
  asking: {invoke: {src: leave, onDone: done, onError: done}}
  done: {type: final}
`;

describe('the code of a module', () => {
  it('is told where it cannot be parsed', async () => {
    const folder = folderWith({ 'broken.mjs': '\nexport const a = ;\n' });
    const { code, out } = await call(folder, 'check', 'broken.mjs');
    expect(code).toBe(1);
    expect(out).toMatch(/^broken\.mjs:2:18 module-broken SyntaxError: /);
  });

  it('fails the command if it ends the program', async () => {
    const handlers = 'export const handlers = { leave: () => process.exit(0) };';
    const folder = folderWith({
      'leaving.yaml': LEAVING,
      'h.mjs': handlers,
      'at-once.mjs': 'process.exit(0);',
    });
    const sentence = "a module's code ended the program (exit code 0) before it was done\n";
    const run = await call(folder, 'run', 'leaving.yaml', '--handlers', 'h.mjs');
    expect(run.code).toBe(1);
    expect(run.err).toContain(sentence);
    expect(await call(folder, 'check', 'at-once.mjs')).toEqual({ code: 1, out: '', err: sentence });
  });

  it('fails the command with a promise that it forgot while it was loaded', async () => {
    const folder = folderWith({ 'h.mjs': 'export const handlers = {}; Promise.reject(new Error("lost"));' });
    expect(await call(folder, 'check', 'h.mjs')).toMatchObject({ code: 1, out: '' });
    const dev = await call(folder, 'dev', 'h.mjs', '--port', '0');
    expect(dev.code).toBe(1);
    expect(dev.err).toMatch(/the worker ended \(exit code 1\) after loading h\.mjs\n$/);
  });

  it('is not waited for without end', async () => {
    const folder = folderWith({ 'waits.mjs': 'await new Promise(() => {});' });
    expect(await importModule('waits.mjs', join(folder, 'waits.mjs'), 100)).toEqual({
      problems: [
        {
          code: 'module-broken',
          message: 'Error: it was not loaded within 0.1 s',
          path: '',
          file: 'waits.mjs',
        },
      ],
    });
  });

  it('does not keep dev from ending', async () => {
    const folder = folderWith({ 'waits.mjs': 'console.log("here"); await new Promise(() => {});' });
    const dev = start(folder, ['dev', 'waits.mjs', '--port', '0']);
    await until(() => dev.stdout.includes('here'));
    const asked = performance.now();
    dev.child.kill('SIGINT');
    expect(await dev.ended).toBe(0);
    // After five seconds it would have been killed.
    expect(performance.now() - asked).toBeLessThan(4_500);
  });
});
