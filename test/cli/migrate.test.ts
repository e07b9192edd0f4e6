import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callProgram } from '../../src/cli/program.js';
import { openTerminal } from '../../src/cli/terminal.js';
import type { Json } from '../../src/core/json.js';
import { type Engine, openEngine } from '../../src/embed/engine.js';
import { LANGUAGES } from '../../src/embed/languages.js';
import { freshPath } from '../store/sqlite-folder.js';

const first: Json = { id: 'order', initial: 'open', states: { open: { after: { '1h': 'open' } }, lost: {} } };
const second: Json = {
  id: 'order',
  initial: 'basket',
  migrate: { states: { open: 'basket' } },
  states: { basket: { after: { '1h': 'basket' }, invoke: { src: 'watch' } } },
};

let engine: Engine | undefined;

afterEach(async () => {
  await engine?.close();
});

async function call(db: string, ...words: string[]) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    write(text: string) {
      written[name] += text;
    },
  });
  async function* stdin() {}
  const code = await callProgram('1.2.3', {
    terminal: openTerminal(
      { stdin: stdin(), stdout: stream('out'), stderr: stream('err') },
      { DETENT_DB: db },
    ),
    openEngine,
    languages: async () => LANGUAGES,
    words,
  });
  return { code, ...written };
}

describe('detent migrate', () => {
  it('says what would become of live instances, does it, and tells those that are there already', async () => {
    const path = freshPath();
    const db = `sqlite:${path}`;
    engine = await openEngine({ db, definitions: [first] as never });
    for (const id of ['a', 'b']) await engine.create('order', { id, wait: '5s' });
    await engine.close();
    engine = undefined;
    const file = join(path, '..', 'order.json');
    writeFileSync(file, JSON.stringify(second));

    const dry = await call(db, 'migrate', 'order', file, '--dry-run');
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toMatch(/^2 +1 +running +open +basket +2 +2 tasks$/m);
    expect(dry.out).toContain('2 instances would go to version 2\n');

    const done = await call(db, 'migrate', 'order', '--json');
    expect(JSON.parse(done.out)).toMatchObject({
      to: 2,
      dryRun: false,
      seen: 2,
      groups: [{ count: 2, before: 'open', after: 'basket', kept: 2, started: { tasks: 2 } }],
    });
    expect((await call(db, 'migrate', 'order')).out).toBe(
      '0 instances went to version 2, 2 are of it already\n',
    );
    expect((await call(db, 'show', 'a')).out).toContain('version 2');
    expect((await call(db, 'history', 'a')).out).toContain('InstanceMigrated');
  });

  it('ends with 1 where some could not go, and says why', async () => {
    const path = freshPath();
    const db = `sqlite:${path}`;
    engine = await openEngine({ db, definitions: [{ ...first, initial: 'lost' }] as never });
    await engine.create('order', { id: 'a', wait: '5s' });
    await engine.publish({ machine: 'order', language: 'statechart', source: second });
    const called = await call(db, 'migrate', 'order');
    expect(called.code).toBe(1);
    expect(called.out).toContain('stays: nothing takes the place of the state "lost"');
    expect(called.out).toContain('1 stayed as it is');
    expect((await call(db, 'migrate', 'order', '--to', '7')).err).toContain('no version 7');
  });
});
