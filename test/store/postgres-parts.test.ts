import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../../src/core/problem.js';
import type { Database } from '../../src/store/postgres/database.js';
import { isCollision, plainly } from '../../src/store/postgres/failure.js';
import { Group } from '../../src/store/postgres/group.js';
import { hintOf, payloadOf } from '../../src/store/postgres/notification.js';
import { type PostgresStoreOptions, settingsOf } from '../../src/store/postgres/options.js';
import { isReset, later, positionOf, positionText } from '../../src/store/postgres/position.js';
import { IDLE_MS, Watch } from '../../src/store/postgres/watch.js';
import { faultOf } from '../../src/store/postgres/writing.js';
import { NOTHING } from '../../src/testing/store-suite/fixture.js';
import { freshPath } from './sqlite-folder.js';

function settings(url: string, over: Partial<PostgresStoreOptions> = {}) {
  return settingsOf({ url, ...over });
}

function refusal(work: () => unknown): Refused {
  try {
    work();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the URL of a PostgreSQL store', () => {
  it('names the server, and everything else has a default', () => {
    const { connection, schema, maxConnections, overflow, ...rest } = settings(
      'postgres://u:p%40@db.host:5433/shop',
    );
    expect(connection).toMatchObject({
      host: 'db.host',
      port: 5433,
      database: 'shop',
      user: 'u',
      password: 'p@',
    });
    expect([schema, maxConnections, overflow]).toEqual(['detent', 25, 10]);
    expect(rest).toMatchObject({ poolTimeoutMs: 30_000, maxLifetimeMs: 300_000, queryTimeoutMs: 30_000 });
    expect(rest).toMatchObject({ prePing: true, prepare: true, listen: true, onQuery: undefined });
    expect(connection.ssl).toBeUndefined();
  });

  it('may hold every option, times in seconds', () => {
    const url =
      'postgresql://h/d?schema=s&max_connections=3&overflow=0&pool_timeout=2&max_lifetime=0&query_timeout=7&pre_ping=false&prepare=false&listen=false&application_name=me&echo=true';
    const found = settings(url);
    expect(found).toMatchObject({ schema: 's', maxConnections: 3, overflow: 0, poolTimeoutMs: 2_000 });
    expect(found).toMatchObject({ maxLifetimeMs: 0, queryTimeoutMs: 7_000, prePing: false, prepare: false });
    expect([found.listen, found.connection.application_name]).toEqual([false, 'me']);
    expect(found.onQuery).toBeTypeOf('function');
  });

  it('comes second to the options that a program gives', () => {
    const found = settings('postgres://h/d?schema=s&overflow=5', { schema: 'mine', queryTimeoutMs: 5 });
    expect([found.schema, found.overflow, found.queryTimeoutMs]).toEqual(['mine', 5, 5]);
  });

  it('may name the folder of a socket', () => {
    const { connection, shownUrl } = settings('postgres://u@localhost/d?host=%2Frun%2Fpg');
    expect(connection.host).toBe('/run/pg');
    expect(shownUrl).toBe('postgres://localhost/d (/run/pg)');
  });

  it('asks for TLS as libpq does', () => {
    const ca = freshPath('ca.pem');
    writeFileSync(ca, 'a certificate');
    const ssl = (query: string) => settings(`postgres://h/d?${query}`).connection.ssl;
    expect(ssl('sslmode=disable')).toBe(false);
    expect(ssl('sslmode=require')).toEqual({ rejectUnauthorized: false });
    expect(ssl(`sslmode=verify-full&sslrootcert=${ca}`)).toEqual({
      ca: 'a certificate',
      rejectUnauthorized: true,
    });
    expect(ssl(`sslmode=verify-ca&sslrootcert=${ca}`)).toMatchObject({
      ca: 'a certificate',
      rejectUnauthorized: true,
    });
    expect(settings('postgres://h/d?sslmode=disable', { tls: { ca: 'x' } }).connection.ssl).toEqual({
      ca: 'x',
    });
    expect(refusal(() => ssl('sslmode=prefer')).code).toBe('store-url');
    expect(refusal(() => ssl('sslmode=verify-ca&sslrootcert=/nowhere/ca.pem')).code).toBe('store-url');
  });

  it('is shown without user and password', () => {
    expect(settings('postgres://u:secret@h:1/d?schema=s').shownUrl).toBe('postgres://h:1/d?schema=s');
    for (const wrong of [
      'postgres://u:secret@[h/d',
      'mysql://u:secret@h/d',
      'postgres://u:secret@h/d?overflow=x',
    ]) {
      expect(JSON.stringify(refusal(() => settings(wrong)).problems)).not.toContain('secret');
    }
  });

  it.each([
    ['schemma=x', 'schemma'],
    ['max_connections=many', 'max_connections'],
    ['listen=yes', 'listen'],
    [`schema=${'x'.repeat(64)}`, 'schema'],
    ['schema=', 'schema'],
  ])('is refused with %s', (query, named) => {
    const error = refusal(() => settings(`postgres://h/d?${query}`));
    expect([error.code, error.message]).toEqual(['store-url', expect.stringContaining(named)]);
  });

  it('takes a schema of the longest name', () => {
    expect(settings(`postgres://h/d?schema=${'x'.repeat(63)}`).schema).toHaveLength(63);
  });
});

describe('a failure of PostgreSQL', () => {
  const databaseError = (code: string) =>
    Object.assign(new pg.DatabaseError('no', 1, 'error'), { code, severity: 'ERROR' });
  const code = (error: unknown) => {
    const told = plainly(error, 'postgres://h/d');
    return told instanceof Refused ? told.code : told;
  };

  it.each([
    ['57014', 'store-timeout'],
    ['57P01', 'store-unreachable'],
    ['57P03', 'store-unreachable'],
    ['08006', 'store-unreachable'],
    ['53100', 'store-full'],
    ['53300', 'store-busy'],
    ['40P01', 'store-busy'],
    ['28P01', 'store-denied'],
    ['3D000', 'store-unknown'],
    ['42501', 'store-denied'],
    ['25006', 'store-read-only'],
    ['58030', 'store-broken'],
    ['XX001', 'store-damaged'],
  ])('with %s is %s', (state, expected) => {
    expect(code(databaseError(state))).toBe(expected);
  });

  it.each([
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'store-unreachable'],
    [
      new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })]),
      'store-unreachable',
    ],
    [new Error('Connection terminated unexpectedly'), 'store-unreachable'],
    [new Error('timeout exceeded when trying to connect'), 'store-busy'],
    [new Error('Query read timeout'), 'store-timeout'],
    [new Error('self-signed certificate'), 'store-tls'],
    [new Error('The server does not support SSL connections'), 'store-tls'],
  ])('on the way there is one as well: %s', (error, expected) => {
    expect(code(error)).toBe(expected);
  });

  it('that is a bug stays what it is', () => {
    const bug = databaseError('23505');
    expect(code(bug)).toBe(bug);
    expect(code(new Error('x'))).toEqual(new Error('x'));
  });

  it('keeps its cause, and collisions are told apart', () => {
    const error = databaseError('40001');
    expect((plainly(error, 'u') as Refused).cause).toBe(error);
    expect([isCollision(error), isCollision(databaseError('23505'))]).toEqual([true, false]);
  });
});

describe('calls that share a statement', () => {
  it('go together if they come together, in order, and each gets its own results', async () => {
    const groups: number[][] = [];
    const group = new Group<number, number>(async (items) => {
      groups.push([...items]);
      return items.map((item) => item * 10);
    });
    const results = await Promise.all([group.add([1, 2]), group.add([]), group.add([3])]);
    expect(results).toEqual([[10, 20], [], [30]]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('wait for the statement before, so that none overtakes another', async () => {
    const order: string[] = [];
    let finish = () => {};
    const group = new Group<string, string>(async (items) => {
      order.push(`begin ${items}`);
      if (items.includes('a')) await new Promise<void>((resolve) => (finish = resolve));
      order.push(`end ${items}`);
      return items;
    });
    const first = group.add(['a']);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const rest = [group.add(['b']), group.add(['c'])];
    finish();
    await Promise.all([first, ...rest]);
    expect(order).toEqual(['begin a', 'end a', 'begin b,c', 'end b,c']);
  });

  it('go alone where together they failed, so that only the one at fault fails', async () => {
    const group = new Group<string, string>(async (items) => {
      if (items.includes('bad')) throw new Error('bad');
      return items;
    });
    const outcomes = await Promise.allSettled(['a', 'bad', 'c'].map((item) => group.add([item])));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('all fail where the store is away, without asking once more for each', async () => {
    let tries = 0;
    const group = new Group<string, string>(async () => {
      tries += 1;
      throw new Refused({ code: 'store-unreachable', message: 'away', path: '' });
    });
    const outcomes = await Promise.allSettled(['a', 'b'].map((item) => group.add([item])));
    expect([tries, ...outcomes.map(({ status }) => status)]).toEqual([1, 'rejected', 'rejected']);
  });

  it('are at most 500 items in one statement, or one call', async () => {
    const sizes: number[] = [];
    const group = new Group<number, number>(async (items) => {
      sizes.push(items.length);
      return items;
    });
    const call = (size: number) => group.add(Array.from({ length: size }, (_, n) => n));
    await Promise.all([call(250), call(250), call(1), call(501), call(2)]);
    expect(sizes).toEqual([500, 1, 501, 2]);
  });
});

describe('a position in the order of all entries', () => {
  it('comes back as it was handed out', () => {
    const position = { xid: 123_456_789_012_345_678n, seq: 9_007_199_254_740, sweeps: 2 };
    expect(positionOf(positionText(position))).toEqual(position);
    expect(positionOf('')).toBeUndefined();
    for (const text of ['1.2', 'x', '1.2.3.4', '1.-2.3', "1.2.3'"]) {
      expect(refusal(() => positionOf(text)).code).toBe('invalid-position');
    }
  });

  it('is reset if something behind it was swept since', () => {
    const at = (xid: number, seq: number, sweeps: number) => ({ xid: BigInt(xid), seq, sweeps });
    expect(isReset(at(5, 1, 0), at(5, 2, 1))).toBe(true);
    expect(isReset(at(5, 1, 1), at(5, 2, 1))).toBe(false);
    expect(isReset(at(5, 2, 0), at(5, 2, 1))).toBe(false);
    expect(isReset(at(10, 0, 0), at(9, 7, 1))).toBe(false);
    expect(isReset(undefined, at(5, 2, 1))).toBe(false);
    expect(later(at(9, 7, 0), at(10, 0, 0))).toEqual(at(10, 0, 0));
  });
});

describe('a notification', () => {
  it('says of what it is, to all but its sender', () => {
    for (const hint of [
      { mail: true, jobs: false },
      { mail: false, jobs: true },
      { mail: true, jobs: true },
      { mail: false, jobs: false },
    ]) {
      expect(hintOf('me', payloadOf('other', hint))).toEqual(hint);
      expect(hintOf('me', payloadOf('me', hint))).toBeUndefined();
    }
  });

  it('may mean anything where it is not understood', () => {
    for (const payload of ['other letters', 'other mail letters']) {
      expect(hintOf('me', payload)).toEqual({ mail: true, jobs: true });
    }
  });
});

describe('what is told to others', () => {
  const MAIL = { mail: true, jobs: false };
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** A watch on a database that runs nothing, and how often it was asked to notify. */
  function watchAt(now: () => number, listen = true) {
    vi.spyOn(performance, 'now').mockImplementation(now);
    const rows = vi.fn(async () => []);
    const database = { settings: { schema: 's', listen }, rows } as unknown as Database;
    return { watch: new Watch(database, () => {}), rows };
  }

  it(`goes with the statement that it is about where nothing was told for ${IDLE_MS} ms`, async () => {
    let now = 0;
    const { watch, rows } = watchAt(() => now);
    const [channel, payload] = watch.tellAlong(MAIL) ?? [];
    expect(channel).toMatch(/^detent_/);
    expect(hintOf('another', payload ?? '')).toEqual(MAIL);
    now += IDLE_MS - 1;
    expect(watch.tellAlong(MAIL)).toBeUndefined();
    now += 1;
    expect(watch.tellAlong(MAIL)).toBeDefined();
    now += IDLE_MS;
    watch.tellOthers(MAIL);
    expect(watch.tellAlong(MAIL)).toBeUndefined();
    await watch.close();
    expect(rows).toHaveBeenCalledOnce();
  });

  it('goes with no statement where nobody can listen, nor when it is closed', async () => {
    expect(watchAt(() => 0, false).watch.tellAlong(MAIL)).toBeUndefined();
    const { watch } = watchAt(() => 0);
    await watch.close();
    expect(watch.tellAlong(MAIL)).toBeUndefined();
  });
});

describe('a commit', () => {
  it('is at fault that leaves a revision out', () => {
    const folded = (revision: number) => ({
      seq: 1,
      revision,
      at: 0,
      outcome: { kind: 'applied' as const },
      history: '[]',
      code: '',
    });
    const commit = {
      lease: { instance: 'a', token: 't' },
      ...{ baseRevision: 1, revision: 2, status: 'running' as const, state: undefined, updatedAt: 0 },
      ...NOTHING,
    };
    expect(faultOf([{ ...commit, folded: [folded(2)] }])).toBeUndefined();
    expect(faultOf([{ ...commit, folded: [folded(3)] }])).toMatch(/out of order/);
    expect(faultOf([{ ...commit, folded: [] }])).toMatch(/no journal entry/);
  });
});
