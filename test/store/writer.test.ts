import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../../src/core/problem.js';
import { BUSY_LIMIT_MS, Database } from '../../src/store/sqlite/database.js';
import { MAX_WAITING, Writer } from '../../src/store/sqlite/writer.js';
import { freshPath } from './sqlite-folder.js';

describe('a group commit', () => {
  let database: Database;
  let other: Database;
  let writer: Writer;

  beforeEach(async () => {
    const path = freshPath();
    database = await Database.open(path);
    other = await Database.open(path);
    database.exec('CREATE TABLE note (seq INTEGER PRIMARY KEY, text TEXT UNIQUE)');
    writer = new Writer(database, () => 7);
  });

  afterEach(() => {
    vi.useRealTimers();
    database.close();
    other.close();
  });

  const note = (text: string) => writer.write(() => database.run('INSERT INTO note (text) VALUES (?)', text));
  const notes = () => other.all('SELECT text FROM note ORDER BY seq').map(([text]) => text);
  const commits = (run: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } }) =>
    run.mock.calls.filter(([sql]) => sql === 'COMMIT').length;

  it('is one transaction for all calls of a turn of the event loop, in their order', async () => {
    const exec = vi.spyOn(database, 'exec');
    const texts = Array.from({ length: 100 }, (_, n) => `n${n}`);
    expect(await Promise.all(texts.map(note))).toEqual(texts.map(() => 1));
    expect(commits(exec)).toBe(1);
    expect(notes()).toEqual(texts);
  });

  it('takes in what is asked for by the answers to what it waited with', async () => {
    const exec = vi.spyOn(database, 'exec');
    await Promise.all(['a', 'b', 'c'].map((text) => Promise.resolve().then(() => note(text))));
    expect(commits(exec)).toBe(1);
    await note('d');
    expect(commits(exec)).toBe(2);
  });

  it('answers only what others can see', async () => {
    await Promise.all(
      ['a', 'b'].map(async (text) => {
        await note(text);
        expect(notes()).toContain(text);
      }),
    );
  });

  it('gives each call the time, read in its transaction', async () => {
    expect(await writer.write((now) => [now, database.inTransaction])).toEqual([7, true]);
  });

  it('lets only the call fail that is at fault, and keeps the order of the others', async () => {
    const calls = ['a', 'b', 'a', 'c', 'd\u0000', 'e'].map(note);
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(notes()).toEqual(['a', 'b', 'c', 'e']);
    const exec = vi.spyOn(database, 'exec');
    await Promise.all([note('f'), note('g')]);
    expect(commits(exec)).toBe(1);
  });

  it('writes nothing of a call that throws after it has written', async () => {
    const call = writer.write(() => {
      database.run("INSERT INTO note (text) VALUES ('half')");
      throw new Error('thought better of it');
    });
    await expect(call).rejects.toThrow('thought better of it');
    expect(notes()).toEqual([]);
    expect(database.inTransaction).toBe(false);
  });

  it('fails its calls when even the way back is barred, and does not hang', async () => {
    const exec = vi.spyOn(database, 'exec').mockImplementation((sql) => {
      if (sql === 'COMMIT' || sql === 'ROLLBACK') throw new Error(`no ${sql}`);
    });
    vi.spyOn(database, 'inTransaction', 'get').mockReturnValue(true);
    const outcomes = await Promise.allSettled([writer.write(() => 1), writer.write(() => 2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    exec.mockRestore();
    await writer.settled();
  });

  it('waits for another process without keeping this one from its work', async () => {
    other.exec('BEGIN IMMEDIATE');
    let written = false;
    const call = note('a').then(() => {
      written = true;
    });
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(written).toBe(false);
    other.exec('COMMIT');
    await call;
    expect(notes()).toEqual(['a']);
  });

  it('gives up in one plain sentence when the file stays locked, and goes on when it is free', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] });
    other.exec('BEGIN IMMEDIATE');
    const outcomes = Promise.allSettled([note('a'), note('b')]);
    await vi.advanceTimersByTimeAsync(BUSY_LIMIT_MS + 1_000);
    for (const outcome of await outcomes) {
      const reason: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
      expect(reason).toBeInstanceOf(Refused);
      expect((reason as Refused).code).toBe('store-busy');
    }
    other.exec('COMMIT');
    const call = note('c');
    await vi.advanceTimersByTimeAsync(10);
    await call;
    expect(notes()).toEqual(['c']);
  });

  it('syncs a call that must be safe with the first of its turn, and orders it as it was called', async () => {
    const exec = vi.spyOn(database, 'exec');
    const lazy = (text: string) =>
      writer.write(() => database.run('INSERT INTO note (text) VALUES (?)', text), 'lazy');
    await Promise.all([lazy('a'), lazy('b')]);
    expect(database.first('PRAGMA synchronous')?.[0]).toBe(1);
    await Promise.all([lazy('c'), note('d'), lazy('e')]);
    expect(database.first('PRAGMA synchronous')?.[0]).toBe(2);
    expect(commits(exec)).toBe(2);
    expect(notes()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('refuses calls from outside while so many wait, lets those from inside in, and goes on after', async () => {
    const accepted = Array.from({ length: MAX_WAITING }, () => writer.accept(() => 'in'));
    const [over] = await Promise.allSettled([writer.accept(() => 'in')]);
    expect(over?.status === 'rejected' && (over.reason as Refused).code).toBe('store-overloaded');
    const inside = writer.write(() => 'in');
    expect(new Set(await Promise.all([...accepted, inside]))).toEqual(new Set(['in']));
    expect(await writer.accept(() => 'in')).toBe('in');
  });

  it('has nothing left to write once it is settled', async () => {
    const calls = Array.from({ length: 1_200 }, (_, n) => note(`n${n}`));
    await writer.settled();
    expect(notes()).toHaveLength(1_200);
    await Promise.all(calls);
  });
});
