import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, isAlive, until } from './child-script.js';
import { call, post, start, startDev } from './program-process.js';

const LIGHT = 'initial: red\nstates:\n  red: {on: {GO: green}}\n  green: {on: {GO: red}}\n';

describe('dev', () => {
  it('says what it loaded and where to look, and ends with Ctrl-C', async () => {
    const folder = folderWith({ 'light.yaml': LIGHT });
    const dev = start(folder, ['dev', 'light.yaml', '--port', '0', '--no-open']);
    await until(() => dev.stderr.includes('Ctrl-C ends it'));
    expect(dev.stderr).toMatch(/light {2}version 1 {2}statechart {2}light\.yaml/);
    const api = /http:\S+\/api\/v1/.exec(dev.stderr)?.[0];
    expect((await fetch(`${api}/machines`)).status).toBe(200);
    dev.child.kill('SIGINT');
    expect(await dev.ended).toBe(0);
    expect(dev.stdout).toBe('');
    await expect(fetch(`${api}/machines`)).rejects.toThrow();
  });

  it('serves the API on its store, which other processes write to', async () => {
    const folder = folderWith({ 'light.yaml': LIGHT });
    const { url } = await startDev(folder, 'light.yaml');
    const created = await post(`${url}/api/v1/instances`, { machine: 'light', id: 'a' });
    expect(created.status).toBe(201);
    expect((await call(folder, 'send', 'a', 'GO', '--wait', '20s')).out).toContain('applied at revision 2');
    const shown = await (await fetch(`${url}/api/v1/instances/a`)).json();
    expect(shown).toMatchObject({ value: 'green', revision: 2 });
  });

  it('publishes a definition again only if it has changed', async () => {
    const folder = folderWith({ 'light.yaml': LIGHT });
    const version = async () => {
      const dev = await startDev(folder, 'light.yaml');
      dev.child.kill('SIGINT');
      await dev.ended;
      return JSON.parse(dev.stdout).machines[0].version;
    };
    expect(await version()).toBe(1);
    expect(await version()).toBe(1);
    writeFileSync(join(folder, 'light.yaml'), `${LIGHT}  off: {}\n`);
    expect(await version()).toBe(2);
  });

  it('runs without files, on what the store has', async () => {
    const folder = folderWith({});
    const { url } = await startDev(folder);
    expect(await (await fetch(`${url}/api/v1/machines`)).json()).toEqual({ items: [] });
  });

  it('says in one sentence that the port is taken, and ends with 1', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { code, err } = await call(folderWith({}), 'dev', '--port', String(port));
    server.close();
    expect(code).toBe(1);
    expect(err).toMatch(
      new RegExp(`^error: port ${port} on 127\\.0\\.0\\.1 is taken by another program \\(.*\\)\\n$`),
    );
  });

  it('lists every problem of its files, runs nothing, and ends with 1', async () => {
    const folder = folderWith({ 'a.yaml': 'initial: gren\nstates: {green: {}}\n', 'b.yaml': 'initial: [' });
    const { code, out, err } = await call(folder, 'dev', '.');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/a\.yaml:1:10 \S+ .*did you mean "green"/);
    expect(err).toMatch(/b\.yaml:\d+:\d+ yaml-syntax/);
    expect(err).toMatch(/nothing runs\n$/);
  });

  it('says in one sentence that there can be no store, and ends with 1', async () => {
    const { code, err } = await call(
      folderWith({}),
      'dev',
      '--port',
      '0',
      '--db',
      'sqlite:no/such/folder/x.db',
    );
    expect(code).toBe(1);
    expect(err).toMatch(/^error: no\/such\/folder\/x\.db cannot be opened .*\n$/);
  });

  it('gives up on a module that never ends loading', async () => {
    const folder = folderWith({ 'loop.mjs': '// createMachine\nfor (;;);' });
    const { code, err } = await call(folder, 'dev', 'loop.mjs');
    expect([code, err]).toEqual([1, 'the worker hung while loading loop.mjs\n']);
  });

  it('leaves no process behind when it is killed', async () => {
    const folder = folderWith({
      'h.mjs': 'export const handlers = { a() {} }; console.log("worker", process.pid);',
    });
    const dev = start(folder, ['dev', 'h.mjs', '--port', '0']);
    await until(() => dev.stderr.includes('Ctrl-C'));
    const worker = Number(/worker (\d+)/.exec(dev.stdout)?.[1]);
    expect(isAlive(worker)).toBe(true);
    dev.child.kill('SIGKILL');
    await dev.ended;
    await until(() => !isAlive(worker), 1_000);
  });
});
