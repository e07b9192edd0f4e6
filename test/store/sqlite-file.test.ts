import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../src/core/problem.js';
import { connect } from '../../src/store/sqlite/connect.js';
import { Database } from '../../src/store/sqlite/database.js';
import { migrate, SCHEMA_VERSION } from '../../src/store/sqlite/schema.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { Writer } from '../../src/store/sqlite/writer.js';
import { born, signal } from '../../src/testing/store-suite/fixture.js';
import { availableDrivers, freshPath } from './sqlite-folder.js';

describe.each(availableDrivers())('a SQLite file on %s', (driver) => {
  /** Changes a file with SQL, as another program would. */
  const alter = (path: string, ...statements: string[]) => {
    const connection = connect(path, driver);
    for (const statement of statements) connection.exec(statement);
    connection.close();
  };

  const refusal = async (path: string) => {
    const error = await openSqliteStore({ path, driver }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(Refused);
    const { code, message } = error as Refused;
    expect(message).toContain(path);
    expect(message).not.toContain('\n');
    return code;
  };

  it('keeps everything from one opening to the next, in one file', async () => {
    const path = freshPath();
    const first = await openSqliteStore({ path, driver });
    await born(first, 'a');
    await first.close();
    const files = readdirSync(dirname(path)).filter((name) => !name.endsWith('-shm'));
    expect(files.filter((name) => readFileSync(join(dirname(path), name)).length > 0)).toEqual([
      basename(path),
    ]);
    const second = await openSqliteStore({ path, driver });
    expect((await second.read('a'))?.instance.revision).toBe(1);
    expect(second.url).toBe(`sqlite:${path}`);
    await second.close();
  });

  it('is made by any number of openings at once', async () => {
    const path = freshPath();
    const stores = await Promise.all([1, 2, 3, 4].map(() => openSqliteStore({ path, driver })));
    for (const [n, store] of stores.entries()) await born(store, `i${n}`);
    expect(await stores[0]?.count({})).toBe(4);
    for (const store of stores) await store.close();
  });

  it('is refused, and left as it is, if a newer version wrote it', async () => {
    const path = freshPath();
    await (await openSqliteStore({ path, driver })).close();
    alter(path, `PRAGMA user_version = ${SCHEMA_VERSION + 1}`, 'PRAGMA wal_checkpoint(TRUNCATE)');
    const before = readFileSync(path);
    expect(await refusal(path)).toBe('store-newer');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is refused, and left as it is, if it is the database of another program', async () => {
    for (const statement of ['CREATE TABLE instance (id)', 'PRAGMA user_version = 1']) {
      const path = freshPath();
      alter(path, statement);
      expect(await refusal(path)).toBe('store-foreign');
      const connection = connect(path, driver);
      expect(connection.prepare('SELECT count(*) FROM sqlite_schema').all([])[0]?.[0]).toBeLessThan(2);
      connection.close();
    }
  });

  it('is refused, and left as it is, if it is no database', async () => {
    const path = freshPath();
    writeFileSync(path, 'id: light\ninitial: off\n'.repeat(100));
    const before = readFileSync(path);
    expect(await refusal(path)).toBe('store-not-a-database');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is refused where it cannot be made: in a folder that is a file, or none, or in its own place', async () => {
    const path = freshPath();
    writeFileSync(path, '');
    expect(await refusal(join(path, 'x.db'))).toBe('store-read-only');
    expect(await refusal(join(dirname(path), 'none', 'x.db'))).toBe('store-read-only');
    mkdirSync(`${path}.folder`);
    expect(await refusal(`${path}.folder`)).toBe('store-read-only');
  });

  it('is refused if it may not be written', async () => {
    const database = await Database.open(freshPath(), driver);
    database.exec('PRAGMA query_only = 1');
    await expect(migrate(database)).rejects.toThrow(/read.?only|query/i);
    database.close();
  });

  it('is not taken for an address, whatever its name looks like', async () => {
    const folder = dirname(freshPath());
    const before = process.cwd();
    process.chdir(folder);
    try {
      for (const name of ['file:a.db?mode=memory', 'libsql:b.db', ':memory:']) {
        await (await openSqliteStore({ path: name, driver })).close();
        expect(readdirSync(folder)).toContain(name);
      }
    } finally {
      process.chdir(before);
    }
  });

  it('says that the disk is full, answers nothing that it did not write, and goes on once there is room', async () => {
    const path = freshPath();
    const store = await openSqliteStore({ path, driver });
    await born(store, 'a');
    await store.close();
    const database = await Database.open(path, driver);
    database.exec('PRAGMA max_page_count = 60');
    const writer = new Writer(database, Date.now);
    const fill = () =>
      writer.write(() =>
        database.run("INSERT INTO receipt VALUES ('a', hex(randomblob(8)), hex(randomblob(5000)))"),
      );
    let done = 0;
    const error = await (async () => {
      for (;;) {
        await fill();
        done += 1;
      }
    })().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Refused);
    expect((error as Refused).code).toBe('store-full');
    expect(database.inTransaction).toBe(false);
    const outcomes = await Promise.allSettled([fill(), writer.write(() => 'a read'), fill()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    database.exec('PRAGMA max_page_count = 4000');
    await fill();
    expect(database.first('SELECT count(*) FROM receipt')?.[0]).toBe(done + 1);
    expect(database.first('PRAGMA integrity_check')?.[0]).toBe('ok');
    database.close();
    const again = await openSqliteStore({ path, driver });
    expect(await again.send([signal('a', 'one')])).toEqual(['accepted']);
    await again.close();
  });
});
