import { describe, expect, it } from 'vitest';
import { MAX_PAYLOAD_TEXT_BYTES } from '../../src/core/limits.js';
import { openCommandLine } from './call.js';
import { until, writeTemporary } from './child-script.js';

/** A command line whose store has one machine, `probe`, and a worker if asked for. */
async function withProbe({ works = false } = {}) {
  const line = openCommandLine();
  await line.engine({ worker: works }).publish({ machine: 'probe', language: 'statechart', source: {} });
  return line;
}

const keysOf = (json: string) => Object.keys(JSON.parse(json)).sort();

describe('create', () => {
  it('prints the id, and with --json the instance', async () => {
    const { call } = await withProbe();
    expect(await call(['create', 'probe', '--id', 'a'])).toEqual({ code: 0, out: 'a\n', err: '' });
    const { out } = await call(['create', 'probe', '--json', '--input', '{"n": 1}']);
    expect(JSON.parse(out)).toMatchObject({ machine: 'probe', version: 1, status: 'running' });
  });

  it('reads its input from stdin', async () => {
    const { call } = await withProbe();
    const { code } = await call(['create', 'probe', '--id', 'a', '--input', '-'], { stdin: '{"n": 1}' });
    expect(code).toBe(0);
    expect(await call(['create', 'probe', '--id', 'a', '--input', '{"n": 1}'])).toMatchObject({ code: 0 });
    expect(await call(['create', 'probe', '--id', 'a', '--input', '{"n": 2}'])).toMatchObject({
      code: 1,
      err: 'error: instance "a" exists already, with another machine or input\n',
    });
  });

  it('says where its input is no JSON', async () => {
    const { call } = await withProbe();
    expect(await call(['create', 'probe', '--input', '{"a": 1,\n b: 2}'])).toEqual({
      code: 2,
      out: '',
      err: 'error: --input is not JSON: expected a key in double quotes, found "b", at line 2, column 2\n',
    });
  });

  it('reads no endless stdin', async () => {
    const { call } = await withProbe();
    const stdin = ' '.repeat(MAX_PAYLOAD_TEXT_BYTES - 1);
    expect(await call(['create', 'probe', '--input', '-'], { stdin: `${stdin}1` })).toMatchObject({
      code: 0,
    });
    expect(await call(['create', 'probe', '--input', '-'], { stdin: `${stdin}12` })).toMatchObject({
      code: 2,
    });
  });

  it('says which machine was probably meant', async () => {
    const { call } = await withProbe();
    const { code, err } = await call(['create', 'prob']);
    expect([code, err]).toEqual([1, 'error: there is no machine "prob" (did you mean "probe"?)\n']);
  });

  it('steps nothing, and opens the store that was named', async () => {
    const { call, opened } = openCommandLine();
    await call(['create', 'probe', '--db', 'memory:']);
    expect(opened).toEqual([{ db: 'memory:', worker: false }]);
  });
});

describe('send', () => {
  it('says that the event was accepted, once per id', async () => {
    const { call } = await withProbe();
    await call(['create', 'probe', '--id', 'a']);
    expect(await call(['send', 'a', 'GO', '--id', 'e1', '--data', '[]'])).toEqual({
      code: 0,
      out: 'e1  accepted\n',
      err: '',
    });
    expect((await call(['send', 'a', 'GO', '--id', 'e1', '--data', '[]'])).out).toContain(
      'it was there already',
    );
    expect(await call(['send', 'a', 'GO', '--id', 'e1', '--data', '[1]'])).toMatchObject({ code: 1 });
  });

  it('waits until it was applied', async () => {
    const { call } = await withProbe({ works: true });
    await call(['create', 'probe', '--id', 'a']);
    const { out } = await call(['send', 'a', 'GO', '--wait', '10s', '--id', 'e1']);
    expect(out).toBe('e1  applied at revision 2\n');
  });

  it('refuses a wait that is no duration', async () => {
    const { call } = await withProbe();
    await call(['create', 'probe', '--id', 'a']);
    expect(await call(['send', 'a', 'GO', '--wait', 'soon'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('duration'),
    });
  });

  it('creates the instance, of the machine that was named or of the only one', async () => {
    const { call, engine } = await withProbe();
    expect(await call(['send', 'a', 'GO'])).toEqual({
      code: 1,
      out: '',
      err: 'error: there is no instance "a"\n',
    });
    expect((await call(['send', 'a', 'GO', '--create', 'probe'])).code).toBe(0);
    expect((await call(['send', 'b', 'GO', '--create'])).code).toBe(0);
    await engine({ worker: false }).publish({ machine: 'other', language: 'asl', source: {} });
    expect(await call(['send', 'c', 'GO', '--create'])).toMatchObject({
      code: 1,
      err: 'error: --create: name the machine, there are 2: other, probe\n',
    });
  });

  it('prints a receipt with --json', async () => {
    const { call } = await withProbe();
    await call(['create', 'probe', '--id', 'a']);
    const { out } = await call(['send', 'a', 'GO', '--json']);
    expect(keysOf(out)).toEqual(['duplicate', 'id', 'instance']);
  });
});

describe('show, list, history and jobs', () => {
  async function withInstances() {
    const line = await withProbe({ works: true });
    for (const id of ['a', 'b', 'c']) await line.call(['create', 'probe', '--id', id]);
    await line.call(['send', 'a', 'GO', '--data', '[{"task": "pack", "input": {"n": 1}}]', '--wait', '10s']);
    return line.call;
  }

  it('show an instance', async () => {
    const call = await withInstances();
    const { out, code } = await call(['show', 'a']);
    expect(code).toBe(0);
    expect(out).toMatch(/^id {8}a\nmachine {3}probe \(version 1\)\nstatus {4}running\nstate {5}probing\n/);
    expect(JSON.parse((await call(['show', 'a', '--json'])).out)).toMatchObject({ id: 'a', revision: 2 });
  });

  it('show an instance as it stood', async () => {
    const call = await withInstances();
    const { out, code } = await call(['show', 'a', '--revision', '1', '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([0, { id: 'a', revision: 1, context: { pending: [] } }]);
    expect(await call(['show', 'b', '--revision', '7'])).toEqual({
      code: 1,
      out: '',
      err: 'error: instance "b" has no revision 7: it is at 1 (known: 1 to 1)\n',
    });
    expect(await call(['show', 'a', '--revision', '0'])).toMatchObject({ code: 2 });
  });

  it('say plainly that there is none', async () => {
    const call = await withInstances();
    for (const command of ['show', 'history', 'retry', 'stop']) {
      expect(await call([command, 'nobody'])).toEqual({
        code: 1,
        out: '',
        err: 'error: there is no instance "nobody"\n',
      });
    }
  });

  it('list instances, a page at a time', async () => {
    const call = await withInstances();
    const { out } = await call(['list', '--machine', 'probe', '--status', 'running']);
    expect(out.split('\n')[0]).toMatch(/^ID +MACHINE +STATUS +STATE +REVISION +UPDATED$/);
    expect(out.trimEnd().split('\n')).toHaveLength(4);
    const first = await call(['list', '--limit', '2', '--json']);
    const { items, next } = JSON.parse(first.out);
    expect(items).toHaveLength(2);
    expect(first.err).toBe(`there are more: --after ${next}\n`);
    const rest = JSON.parse((await call(['list', '--limit', '2', '--after', next, '--json'])).out);
    expect(rest.items).toHaveLength(1);
    expect(JSON.parse((await call(['list', '--parked', '--json'])).out)).toEqual({ items: [] });
  });

  it('print what happened', async () => {
    const call = await withInstances();
    const { out } = await call(['history', 'a']);
    expect(out.split('\n')[1]).toMatch(/^\d{4}-.*Z {2}2\.0 {4}Probed {2}\{"event":"signal"\}$/);
    const { items } = JSON.parse((await call(['history', 'a', '--json'])).out);
    expect(items[0]).toMatchObject({ instance: 'a', revision: 1, index: 0, type: 'Probed' });
  });

  it('list jobs, with their input as JSON', async () => {
    const call = await withInstances();
    expect((await call(['jobs'])).out).toMatch(
      /^JOB +TASK +QUEUE +STATUS +ATTEMPTS +CREATED +ERROR\na\/2\/0 +pack +default +pending +0 /,
    );
    const { items } = JSON.parse(
      (await call(['jobs', '--instance', 'a', '--status', 'pending', '--json'])).out,
    );
    expect(items).toMatchObject([{ name: 'pack', input: { n: 1 } }]);
  });

  it('never let a text steer the terminal', async () => {
    const { call } = await withProbe({ works: true });
    await call(['create', 'probe', '--id', 'a']);
    const data = JSON.stringify([{ task: 'evil\u009b2J', input: null }]);
    await call(['send', 'a', 'GO', '--data', data, '--wait', '10s']);
    const { out } = await call(['jobs']);
    expect(out).toContain('evil\\u009b2J');
    expect(out).not.toContain('\u009b');
  });
});

describe('retry and stop', () => {
  it('let a parked instance go on', async () => {
    const { call } = await withProbe({ works: true });
    await call(['create', 'probe', '--id', 'a']);
    expect(await call(['retry', 'a'])).toMatchObject({
      code: 1,
      err: 'error: instance "a" is running: only what is parked, or has failed, can be retried\n',
    });
    await call(['send', 'a', 'GO', '--data', '[{"throw": "a bug"}]']);
    const parked = async () => (await call(['show', 'a'])).out.includes('parked');
    await until(parked);
    expect((await call(['list', '--parked'])).out).toContain('running, parked');
    expect(await call(['retry', 'a', '--json'])).toMatchObject({ code: 0 });
  });

  it('tell an instance to stop', async () => {
    const { call } = await withProbe();
    await call(['create', 'probe', '--id', 'a']);
    const { out, code } = await call(['stop', 'a', '--cause', 'enough', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ instance: 'a', duplicate: false });
  });
});

describe('check', () => {
  it('says that all is well', async () => {
    const { call } = openCommandLine();
    const file = writeTemporary('light.yaml', 'initial: a\nstates: {a: {}}\n');
    expect(await call(['check', file])).toEqual({ code: 0, out: '', err: '1 machine, 0 problems\n' });
    expect(JSON.parse((await call(['check', file, '--json'])).out)).toEqual({
      ok: true,
      machines: [{ machine: 'light', language: 'statechart', file }],
      problems: [],
    });
  });

  it('lists every problem with its place', async () => {
    const { call } = openCommandLine();
    const file = writeTemporary('light.yaml', 'initial: a\ninitial: b\nstates: {a: .nan}\n');
    const { code, out, err } = await call(['check', file]);
    expect([code, err]).toEqual([1, '0 machines, 2 problems\n']);
    expect(out).toBe(
      `${file}:2:1 duplicate-key the key "initial" stands twice in one object\n${file}:3:13 not-json NaN has no JSON form\n`,
    );
    const { ok, problems } = JSON.parse((await call(['check', file, '--json'])).out);
    expect(ok).toBe(false);
    expect(problems[0]).toMatchObject({ code: 'duplicate-key', file, line: 2, column: 1, path: '/initial' });
  });

  it('refuses of an Express workflow that it waits for others', async () => {
    const { call } = openCommandLine();
    const task = '{ Type: Task, Resource: ask.waitForTaskToken, End: true }';
    const file = writeTemporary('ask.asl.yaml', `StartAt: A\nStates: { A: ${task} }\n`);
    const light = writeTemporary('light.yaml', 'initial: a\nstates: {a: {}}\n');
    expect(await call(['check', file, light])).toMatchObject({ code: 0 });
    const { code, out, err } = await call(['check', '--express', file, light]);
    expect([code, err]).toEqual([1, '2 machines, 1 problem\n']);
    expect(out).toContain("Express state machine does not support '.waitForTaskToken' service integration");
  });
});

describe('run', () => {
  const file = () => writeTemporary('flow.asl.json', '{"StartAt": "A", "States": {}}');
  const packing = () => writeTemporary('flow.asl.json', '{"StartAt": "A", "States": {}, "tasks": ["pack"]}');

  it('prints what happens to stderr and how it ended to stdout', async () => {
    const { call } = openCommandLine();
    const { code, out, err } = await call([
      'run',
      file(),
      '--id',
      'a',
      '--event',
      'END=[{"end": "succeeded"}]',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id: 'a', machine: 'flow', status: 'succeeded', revision: 2 });
    expect(err.match(/Probed/g)).toHaveLength(2);
  });

  it('stops at the first wait where it is told to', async () => {
    const { call } = openCommandLine();
    const timer = 'WAIT=[{"timer": 3600000}]';
    const { code, out } = await call([
      'run',
      file(),
      '--event',
      'GO',
      '--event',
      timer,
      '--until-idle',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ status: 'running', revision: 3 });
  });

  it('does not stop while a task is out', async () => {
    const { call } = openCommandLine();
    const handlers = writeTemporary(
      'h.mjs',
      'export const pack = () => new Promise((done) => setTimeout(done, 300));',
    );
    const event = 'GO=[{"task": "pack"}]';
    const { out } = await call([
      'run',
      file(),
      '--handlers',
      handlers,
      '--event',
      event,
      '--until-idle',
      '--json',
    ]);
    expect(JSON.parse(out).context.answers).toEqual({ '2.0': 'task.succeeded' });
  });

  it('fails a task at once that no handler is here for', async () => {
    const { call } = openCommandLine();
    const event = 'GO=[{"task": "pack"}]';
    const { out, err } = await call(['run', packing(), '--event', event, '--until-idle', '--json']);
    expect(JSON.parse(out).context.answers).toEqual({ '2.0': 'task.failed' });
    expect(err).toContain(
      'flow asks for the task "pack", and no handler is here for it: it will fail (--remote',
    );
  });

  it.each([
    'pack',
    'lift, pack',
    '*',
  ])('leaves a task to workers elsewhere with --remote "%s"', async (names) => {
    const { call, engine } = openCommandLine();
    engine({ handlers: { pack: () => 'packed' } });
    const event = 'GO=[{"task": "pack"}]';
    const words = ['run', packing(), '--remote', names, '--event', event, '--until-idle', '--json'];
    const { out, err } = await call(words);
    expect(JSON.parse(out).context.answers).toEqual({ '2.0': 'task.succeeded' });
    expect(err).not.toContain('will fail');
  });

  it('says which name of a task is none', async () => {
    const { call } = openCommandLine();
    const { code, err } = await call(['run', packing(), '--remote', 'pack,']);
    expect(code).toBe(2);
    expect(err).toContain("option '--remote <tasks>' argument 'pack,' is invalid. a task name");
  });

  it('fails where the instance is given up on', async () => {
    const { call } = openCommandLine();
    const { code, out } = await call(['run', file(), '--event', 'GO=[{"throw": "a bug"}]']);
    expect(code).toBe(1);
    expect(out).toContain('parked');
  });

  it('runs nothing where the file is wrong', async () => {
    const { call, opened } = openCommandLine();
    const broken = writeTemporary('flow.json', '{"StartAt": }');
    const { code, out, err } = await call(['run', broken]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(`${broken}:1:13 json-syntax expected a value, found "}"\n1 problem: nothing runs\n`);
    expect(opened).toEqual([]);
  });

  it('asks which machine is meant where a file has several', async () => {
    const { call } = openCommandLine();
    const machine = (id: string) =>
      `{ source: { id: '${id}', states: {} }, implementations: {}, handlers: {} }`;
    const module = writeTemporary(
      'two.mjs',
      `// createMachine\nexport const a = ${machine('a')}, b = ${machine('b')};`,
    );
    expect(await call(['run', module])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--machine: a, b'),
    });
    expect(await call(['run', module, '--machine', 'c'])).toMatchObject({ code: 1 });
    expect(await call(['run', module, '--machine', 'b', '--until-idle'])).toMatchObject({ code: 0 });
  });

  it('refuses an event whose data is no JSON', async () => {
    const { call } = openCommandLine();
    expect(await call(['run', file(), '--event', 'GO={'])).toMatchObject({
      code: 2,
      err: 'error: --event is not JSON: expected a key in double quotes, found the end of the text, at line 1, column 2\n',
    });
  });
});

describe('every command', () => {
  const commands = [
    'dev',
    'run',
    'check',
    'create',
    'send',
    'show',
    'list',
    'history',
    'jobs',
    'queues',
    'retry',
    'stop',
    'pause',
    'resume',
    'sweep',
  ];

  it.each(commands)('explains itself with an example and offers --json: %s', async (command) => {
    const { call } = openCommandLine();
    const { code, out } = await call([command, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/Example:\n {2}detent /);
    expect(out).toContain('--json');
  });

  it.each([
    [[]],
    [['creat']],
    [['create']],
    [['list', '--limit', '0']],
    [['list', '--limit', '1001']],
    [['list', '--status', 'done']],
    [['list', '--nonsense']],
    [['dev', '--port', '65536']],
    [['stop', 'a', 'b']],
  ])('ends with 2 where it is used wrongly: %j', async (words) => {
    const { call } = openCommandLine();
    const { code, out, err } = await call(words);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
  });

  it('suggests what was probably meant', async () => {
    const { call } = openCommandLine();
    expect((await call(['creat', 'probe'])).err).toContain('Did you mean create?');
  });

  it('tells its version', async () => {
    const { call } = openCommandLine();
    expect(await call(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });

  it('does not make a store that is not there', async () => {
    const { call, opened } = openCommandLine();
    const { code, err } = await call(['list', '--db', 'sqlite:/no/such/file.db']);
    expect([code, opened]).toEqual([1, []]);
    expect(err).toContain('there is no store at sqlite:/no/such/file.db');
  });

  it('is coloured only where it may be', async () => {
    const { call } = openCommandLine();
    const words = ['show', 'a', '--db', 'sqlite:/no/such/file.db'];
    const colored = async (env: NodeJS.ProcessEnv) => (await call(words, { env })).err.includes('\u001b[');
    expect(await colored({})).toBe(false);
    expect(await colored({ FORCE_COLOR: '1' })).toBe(true);
    expect(await colored({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  });

  it('says what broke in a sentence, and shows a stack only to those who ask', async () => {
    const { call } = openCommandLine(new Error('the disk is full'));
    expect(await call(['list'])).toEqual({ code: 1, out: '', err: 'error: the disk is full\n' });
    const { err } = await call(['list'], { env: { DETENT_DEBUG: '1' } });
    expect(err).toContain('commands.test');
  });
});
