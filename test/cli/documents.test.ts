import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCommandLine } from './call.js';
import { writeTemporary } from './child-script.js';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'cli.md'), 'utf8');

/** The keys that the page promises for a document, in the order of the alphabet. */
function documented(name: string): { always: string[]; sometimes: string[] } {
  const row = page.split('\n').find((line) => line.startsWith(`| ${name} | \``));
  if (row === undefined) throw new Error(`docs/cli.md has no row for ${name}`);
  const [always = '', sometimes = ''] = (row.split('|')[2] ?? '').split('[');
  const keys = (text: string) =>
    [...text.replaceAll(/\{[^}]*\}/g, '').matchAll(/`(\w+)`/g)].map(([, key]) => key ?? '');
  return { always: keys(always).sort(), sometimes: keys(sometimes).sort() };
}

/** Holds a document against the page: every key that it must have, and none that it may not. */
function expectDocumented(name: string, document: object): void {
  const { always, sometimes } = documented(name);
  const keys = Object.keys(document);
  expect(keys.filter((key) => !sometimes.includes(key)).sort()).toEqual(always);
}

async function withInstance() {
  const { call, engine } = openCommandLine();
  await engine({ worker: true }).publish({ machine: 'probe', language: 'asl', source: {} });
  await call(['create', 'probe', '--id', 'a']);
  await call(['send', 'a', 'GO', '--data', '[{"task": "pack"}]', '--wait', '10s']);
  return async (...words: string[]) => JSON.parse((await call([...words, '--json'])).out);
}

describe('the JSON documents of docs/cli.md', () => {
  it('are what create, show and run print', async () => {
    const call = await withInstance();
    expectDocumented('instance', await call('create', 'probe'));
    expectDocumented('instance', await call('show', 'a'));
    const file = writeTemporary('flow.json', '{"StartAt": "A", "States": {}}');
    expectDocumented('instance', await call('run', file, '--until-idle'));
  });

  it('are what show prints of an instance that waits for a worker', async () => {
    const { call, engine } = openCommandLine();
    await engine({ worker: false }).publish({ machine: 'probe', language: 'asl', source: {} });
    await call(['create', 'probe', '--id', 'a']);
    const shown = JSON.parse((await call(['show', 'a', '--json'])).out);
    expectDocumented('instance', shown);
    expect(shown).toHaveProperty('nextDueAt');
  });

  it('are what send and stop print', async () => {
    const call = await withInstance();
    expectDocumented('receipt', await call('send', 'a', 'GO'));
    const waited = await call('send', 'a', 'GO', '--wait', '10s');
    expectDocumented('receipt', waited);
    expect(Object.keys(waited.applied)).toEqual(['revision', 'outcome']);
    expectDocumented('receipt', await call('stop', 'a'));
  });

  it('are what list, history and jobs print', async () => {
    const call = await withInstance();
    const list = await call('list');
    expectDocumented('page', list);
    expectDocumented('instance', list.items[0]);
    const history = await call('history', 'a', '--limit', '1');
    expectDocumented('page', history);
    expectDocumented('history entry', history.items[0]);
    const jobs = await call('jobs');
    expectDocumented('page', jobs);
    expectDocumented('job', jobs.items[0]);
  });

  it('are what the commands of jobs and queues print', async () => {
    const call = await withInstance();
    expectDocumented('job', await call('job', 'add', 'nobody', '--id', 'one', '--heartbeat', '1m'));
    for (const told of ['show', 'cancel', 'retry']) expectDocumented('job', await call('job', told, 'one'));
    expect(Object.keys(await call('queue', 'limit', 'default', '2'))).toEqual(['queue', 'concurrency']);
    const { items } = await call('queues');
    expectDocumented('queue', items[0]);
  });

  it('are what the commands of schedules print', async () => {
    const call = await withInstance();
    const words = ['--cron', '@yearly', '--start', 'probe'];
    expectDocumented('schedule', await call('schedule', 'add', 'a', ...words));
    expectDocumented('receipt', await call('schedule', 'pause', 'a', '--note', 'why', '--wait', '20s'));
    const shown = await call('schedule', 'show', 'a');
    expectDocumented('schedule', shown);
    expect(shown).toMatchObject({ value: 'paused', note: 'why', next: null });
    expectDocumented('receipt', await call('schedule', 'update', 'a', ...words));
    for (const told of ['resume', 'trigger', 'skip', 'remove']) {
      expectDocumented('receipt', await call('schedule', told, 'a'));
    }
    const list = await call('schedule', 'list');
    expectDocumented('page', list);
    expectDocumented('schedule', list.items[0]);
  });

  it('are what check prints', async () => {
    const call = await withInstance();
    const file = writeTemporary('flow.yaml', 'a: 1\na: 2');
    const document = await call('check', file);
    expect(Object.keys(document)).toEqual(['ok', 'machines', 'problems']);
    expectDocumented('problem', document.problems[0]);
    const good = writeTemporary('flow.json', '{"StartAt": "A", "States": {}}');
    expect(Object.keys((await call('check', good)).machines[0])).toEqual(['machine', 'language', 'file']);
  });
});

describe('the commands of docs/cli.md', () => {
  it('are those that there are', async () => {
    const { call } = openCommandLine();
    const { out } = await call(['--help']);
    const listed = [...page.matchAll(/^\| `(\w+)[^`]*` \| /gm)].map(([, name]) => name);
    const known = [...out.matchAll(/^ {2}(\w+) /gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    expect(new Set(listed)).toEqual(new Set(known));
  });
});
