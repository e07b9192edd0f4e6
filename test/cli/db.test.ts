import { afterAll, describe, expect, it } from 'vitest';
import { testPostgres } from '../services/postgres.js';
import { freshSchema } from '../store/postgres-schema.js';
import { openCommandLine } from './call.js';

const { url, reason } = await testPostgres();

describe('detent db', () => {
  it('says of other stores that they need no migration', async () => {
    const { call } = openCommandLine();
    for (const words of [
      ['db', 'migrate'],
      ['db', 'status', '--db', 'sqlite:none.db'],
    ]) {
      const { code, err } = await call(words);
      expect([code, err]).toEqual([1, expect.stringContaining('SQLite file is brought to this version')]);
    }
  });

  it('does not show a password of a URL that it cannot read', async () => {
    const { call } = openCommandLine();
    const { code, err } = await call(['db', 'status', '--db', 'postgres://u:secret@h/d?schemma=x']);
    expect(code).toBe(1);
    expect(err).toContain('schemma');
    expect(err).not.toContain('secret');
  });
});

describe.skipIf(url === undefined)(
  `detent db on PostgreSQL${url === undefined ? ` (${reason})` : ''}`,
  () => {
    const { schema, drop } = freshSchema(url ?? '');
    const db = `${url}${url?.includes('?') ? '&' : '?'}schema=${schema}`;
    afterAll(drop);

    it('says what is due, migrates, and says that nothing is', async () => {
      const { call } = openCommandLine();
      const before = await call(['db', 'status', '--db', db]);
      expect(before.code).toBe(1);
      expect(before.out).toContain('run "detent db migrate"');
      const migrated = await call(['db', 'migrate', '--db', db, '--json']);
      expect([migrated.code, migrated.err]).toEqual([0, '']);
      const status = JSON.parse(migrated.out) as { schema: string; version: number; newest: number };
      expect(status.schema).toBe(schema);
      expect(status.version).toBe(status.newest);
      const after = await call(['db', 'status', '--db', db]);
      expect(after).toEqual({ code: 0, err: '', out: expect.stringContaining('as this program') });
      expect((await call(['db', 'migrate', '--db', db])).code).toBe(0);
    });
  },
);
