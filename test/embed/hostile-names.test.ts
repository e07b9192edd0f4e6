import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { type Handlers, openEngine } from '../../src/embed/engine.js';
import { createApp } from '../../src/server/app.js';
import { callReal } from '../cli/real-call.js';
import { testPostgres } from '../services/postgres.js';
import { runSql } from '../store/postgres-schema.js';

const folder = mkdtempSync(join(tmpdir(), 'detent-names-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A machine in which everything that has a name has the same. */
const YAML = `
id: NAME
type: parallel
context: { NAME: { NAME: 0 } }
events: { NAME: { type: object, required: [NAME], properties: { NAME: { type: integer } } } }
schemas: { context: { required: [NAME], properties: { NAME: {} } } }
states:
  NAME:
    initial: NAME
    states:
      NAME:
        tags: [NAME]
        exit: NAME
        on:
          NAME:
            target: asking
            guard: '{% event.data.\`NAME\` = 1 %}'
            assign: { NAME: '{% event.data %}' }
            actions: [{ emit: NAME }, { log: { label: NAME, value: '{% context %}' } }]
      asking:
        invoke:
          src: NAME
          id: NAME
          input: { NAME: '{% context.\`NAME\` %}' }
          onDone: { target: done, assign: { NAME: '{% event.output %}' } }
      done: { on: { BACK: { target: hist } } }
      hist: { type: history }
  other:
    initial: a
    states: { a: { on: { NAME: { target: b, guard: { in: NAME.NAME } } } }, b: {} }
`;

/** `{ [name]: value }` with a property of its own, whatever its name. */
const named = (name: string, value: unknown) => Object.fromEntries([[name, value]]);

/** Also of values that hide what they inherit. */
const json = (value: unknown) => JSON.stringify(value);

async function everywhere(db: string, name: string): Promise<void> {
  const file = join(folder, `${randomUUID()}.yaml`);
  writeFileSync(file, YAML.replaceAll('NAME', name));
  const handlers: Handlers = Object.fromEntries([[name, async (input: Json) => input]]);
  const engine = await openEngine({ db, definitions: [file], handlers });
  try {
    await engine.create(name, { id: name, wait: '10s' });
    expect(json((await engine.read(name))?.context)).toBe(json(named(name, named(name, 0))));
    const refused = engine.send(name, { type: name, data: {} });
    await expect(refused).rejects.toMatchObject({ code: 'schema' });
    const sent = { type: name, data: named(name, 1) as Json, id: `${name}-1` };
    expect(await engine.send(name, sent, { wait: '10s' })).toMatchObject({
      applied: { outcome: { kind: 'applied' } },
    });
    expect(await engine.send(name, sent)).toMatchObject({ duplicate: true });
    const value = { ...named(name, 'done'), other: 'b' };
    await expect
      .poll(async () => json((await engine.read(name))?.value), { timeout: 10_000 })
      .toBe(json(value));
    const context = named(name, named(name, named(name, 1)));
    expect(json((await engine.read(name))?.context)).toBe(json(context));
    expect(json((await engine.read(name, { revision: 1 }))?.context)).toBe(json(named(name, named(name, 0))));
    expect((await engine.list({ machine: name })).items.map(({ id }) => id)).toEqual([name]);
    expect((await engine.jobs({ instance: name })).items.map((job) => job.name)).toEqual([name, name]);

    const app = createApp(engine);
    const got = async (path: string): Promise<Record<string, unknown>> =>
      JSON.parse(await (await app.request(`/api/v1/instances/${name}${path}`)).text());
    expect(json((await got(''))['context'])).toBe(json(context));
    expect(json(await got('/history'))).toContain(json({ label: name }).slice(1, -1));
    expect(
      (await app.request(`/api/v1/machines/${name}/migrate`, { method: 'POST', body: '{}' })).status,
    ).toBe(200);

    if (db === 'memory:') return;
    const { code, out } = await callReal(['show', name, '--db', db, '--json']);
    expect([code, json(JSON.parse(out).context)]).toEqual([0, json(context)]);
    const text = await callReal(['show', name, '--db', db]);
    expect(text.out).toContain(json(context));
    expect((await callReal(['replay', file, '--db', db])).code).toBe(0);
  } finally {
    await engine.close();
  }
}

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

const { url, reason } = await testPostgres();

describe('a name that objects have of their own accord, as that of everything', () => {
  it.each(NAMES)('%s in memory', (name) => everywhere('memory:', name), 30_000);
  it.each(NAMES)('%s on SQLite', (name) => everywhere(`sqlite:${join(folder, `${name}.db`)}`, name), 30_000);

  if (url === undefined) it.skip(`on PostgreSQL (no server: ${reason})`);
  else {
    it('all of them on PostgreSQL', async () => {
      const schema = `names_${randomUUID().replaceAll('-', '')}`;
      const db = new URL(url);
      db.searchParams.set('schema', schema);
      try {
        for (const name of NAMES) await everywhere(db.href, name);
      } finally {
        await runSql(url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      }
    }, 60_000);
  }
});
