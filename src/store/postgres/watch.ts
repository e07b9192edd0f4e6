import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ANYTHING } from '../listeners.js';
import type { Hint } from '../store.js';
import { type Database, quoted } from './database.js';
import { hintOf, payloadOf } from './notification.js';
import { LAST_XID, NOTIFY } from './sql/notify.js';

/** The least time between two notifications, in milliseconds: what happens in between is told together. */
const QUIET_MS = 5;

/**
 * How long nothing must have been notified from here, in milliseconds, for a notification to go with the statement that
 * it is about. Transactions that notify commit one at a time, each with its flush: many must not.
 */
export const IDLE_MS = 20;

/** How often it is looked whether the database moved, where nothing else tells, in milliseconds. */
const POLL_MS = 200;

/** The pause before a listening connection that broke is made again, in milliseconds. */
const RECONNECT_MS = 1_000;

/**
 * Tells other processes of changes, and hears of theirs, by NOTIFY: in a transaction of its own, since it lets only one
 * transaction commit at a time, but where little is told. Where there is no listening connection, because a pooler does not
 * allow one or it broke, it is looked now and then whether anything was written. All of it is a hint.
 */
export class Watch {
  readonly #database: Database;
  readonly #onChange: (hint: Hint) => void;
  readonly #channel: string;
  /** What of one's own is heard again is nothing new. */
  readonly #self = randomUUID();
  #client: pg.Client | undefined;
  #reconnect: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #lastXid: unknown;
  #quiet: NodeJS.Timeout | undefined;
  /** What others are still to be told; undefined if nothing. */
  #untold: Hint | undefined;
  #telling: Promise<void> | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #isStarted = false;
  #isClosed = false;

  constructor(database: Database, onChange: (hint: Hint) => void) {
    this.#database = database;
    this.#onChange = onChange;
    const { schema } = database.settings;
    this.#channel = `detent_${createHash('sha256').update(schema).digest('hex').slice(0, 32)}`;
  }

  /** Begins to hear of others. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#pollFor();
    if (this.#database.settings.listen) void this.#listen();
  }

  /** Soon, and at most every QUIET_MS. */
  tellOthers(hint: Hint): void {
    if (!this.#database.settings.listen || this.#isClosed) return;
    const { mail = false, jobs = false } = this.#untold ?? {};
    this.#untold = { mail: mail || hint.mail, jobs: jobs || hint.jobs };
    if (this.#quiet !== undefined || this.#telling !== undefined) return;
    this.#telling = new Promise((resolve) => setImmediate(resolve)).then(() => this.#tell());
  }

  /**
   * The channel and the payload for a statement to notify with, which is then as good as told; undefined where it is to
   * be told of afterwards.
   */
  tellAlong(hint: Hint): readonly [channel: string, payload: string] | undefined {
    if (!this.#database.settings.listen || this.#isClosed) return undefined;
    const now = performance.now();
    if (this.#telling !== undefined || now - this.#toldAt < IDLE_MS) return undefined;
    this.#toldAt = now;
    return [this.#channel, payloadOf(this.#self, hint)];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#reconnect);
    clearTimeout(this.#quiet);
    await this.#telling;
    if (this.#client === undefined) return;
    // Whoever waits for the end is kept alive until it has come, be it the program's last act.
    keepAlive(this.#client, true);
    await this.#client.end().catch(() => undefined);
  }

  async #tell(): Promise<void> {
    const payload = payloadOf(this.#self, this.#untold ?? ANYTHING);
    this.#untold = undefined;
    this.#toldAt = performance.now();
    // A hint that is lost is made up for by looking.
    await this.#database.rows(NOTIFY, this.#channel, payload).catch(() => undefined);
    this.#telling = undefined;
    if (this.#isClosed) return;
    this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      if (this.#untold !== undefined) this.tellOthers(this.#untold);
    }, QUIET_MS).unref();
  }

  async #listen(): Promise<void> {
    const { driver, settings } = this.#database;
    // A pool keeps the password where copying its options does not find it.
    const { options } = settings.pool ?? {};
    const client = new driver.Client(
      options === undefined ? settings.connection : { ...options, password: options.password as string },
    );
    this.#client = client;
    client.on('error', () => undefined);
    client.on('end', () => this.#listenAgain());
    client.on('notification', ({ payload }) => {
      const hint = hintOf(this.#self, payload ?? '');
      if (hint !== undefined) this.#onChange(hint);
    });
    try {
      await client.connect();
      keepAlive(client, false);
      await client.query(`LISTEN ${quoted(this.#channel)}`);
      clearInterval(this.#poll);
      this.#poll = undefined;
      // What was written while nobody listened.
      this.#onChange(ANYTHING);
    } catch {
      await client.end().catch(() => undefined);
      this.#listenAgain();
    }
  }

  #listenAgain(): void {
    if (this.#isClosed || this.#reconnect !== undefined) return;
    this.#pollFor();
    this.#reconnect = setTimeout(() => {
      this.#reconnect = undefined;
      void this.#listen();
    }, RECONNECT_MS).unref();
  }

  #pollFor(): void {
    this.#poll ??= setInterval(() => void this.#look(), POLL_MS).unref();
  }

  /** Transactions are numbered as they begin to write: where no number was given, nothing was written. */
  async #look(): Promise<void> {
    const [row] = await this.#database.rows(LAST_XID).catch(() => []);
    const xid = row?.[0];
    if (xid === undefined || xid === this.#lastXid) return;
    this.#lastXid = xid;
    this.#onChange(ANYTHING);
  }
}

/** Whether a connection keeps its process alive. Listening does not. */
function keepAlive(client: pg.Client, keeps: boolean): void {
  const socket = client as unknown as { readonly ref?: () => void; readonly unref?: () => void };
  if (keeps) socket.ref?.();
  else socket.unref?.();
}
