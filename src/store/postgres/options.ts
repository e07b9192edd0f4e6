import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type pg from 'pg';
import { didYouMean } from '../../core/problem.js';
import { thrown } from '../../core/thrown.js';
import { refused } from './failure.js';

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with options as query parameters: see `urlOptions`. */
  readonly url: string;
  /** The schema that holds our tables, made if there is none; `detent` if absent. */
  readonly schema?: string;
  /** Connections that are kept; 25 if absent. */
  readonly maxConnections?: number;
  /** Connections beyond these under load, closed again when idle; 10 if absent. */
  readonly overflow?: number;
  /** How long a call waits for a connection, in milliseconds; 30 s if absent. */
  readonly poolTimeoutMs?: number;
  /** The age at which a connection is replaced, in milliseconds; 300 s if absent, 0 for never. */
  readonly maxLifetimeMs?: number;
  /** How long a statement may take, in milliseconds; 30 s if absent, 0 for any time. */
  readonly queryTimeoutMs?: number;
  /** Whether a connection that lay idle is tried before it is used; true if absent. */
  readonly prePing?: boolean;
  /** Whether statements are prepared once a connection; true if absent. Some poolers cannot. */
  readonly prepare?: boolean;
  /** Whether to LISTEN on a connection of its own; true if absent. Poolers in transaction mode cannot. */
  readonly listen?: boolean;
  /** TLS, where the URL says nothing of it: as `sslmode` and `sslrootcert` do. */
  readonly tls?: ConnectionOptions | false;
  /** Told of every statement: its text, never its values. */
  readonly onQuery?: (query: { readonly sql: string; readonly ms: number }) => void;
  /** Used instead of one of our own, and not ended with the store. */
  readonly pool?: pg.Pool;
  /** For tests: milliseconds since 1970, instead of the database's clock. */
  readonly clock?: () => number;
}

/** What a store is opened with, everything decided. */
export interface Settings {
  readonly connection: pg.ClientConfig;
  /** For people and messages: without user and password. */
  readonly shownUrl: string;
  readonly schema: string;
  readonly maxConnections: number;
  readonly overflow: number;
  readonly poolTimeoutMs: number;
  readonly maxLifetimeMs: number;
  readonly queryTimeoutMs: number;
  readonly prePing: boolean;
  readonly prepare: boolean;
  readonly listen: boolean;
  readonly onQuery: PostgresStoreOptions['onQuery'] | undefined;
  readonly pool: pg.Pool | undefined;
  readonly clock: (() => number) | undefined;
}

type Defaults = Pick<
  Settings,
  | 'schema'
  | 'maxConnections'
  | 'overflow'
  | 'poolTimeoutMs'
  | 'maxLifetimeMs'
  | 'queryTimeoutMs'
  | 'prePing'
  | 'prepare'
  | 'listen'
>;

const DEFAULTS: Defaults = {
  schema: 'detent',
  maxConnections: 25,
  overflow: 10,
  poolTimeoutMs: 30_000,
  maxLifetimeMs: 300_000,
  queryTimeoutMs: 30_000,
  prePing: true,
  prepare: true,
  listen: true,
};

/** The longest name that PostgreSQL keeps whole, in bytes. */
const MAX_NAME_BYTES = 63;

/** Times in a URL are seconds, as the tools of others have them. */
const SECONDS = ['poolTimeoutMs', 'maxLifetimeMs', 'queryTimeoutMs'] as const;
const NUMBERS = ['maxConnections', 'overflow'] as const;
const SWITCHES = ['prePing', 'prepare', 'listen'] as const;
const PARAMETERS: readonly string[] = [
  ...['schema', 'host', 'sslmode', 'sslrootcert', 'application_name', 'echo'],
  ...[...SECONDS, ...NUMBERS, ...SWITCHES].map(parameterName),
];

/**
 * Reads the options of a URL and those handed in, which come first. In the URL: `schema`, `host` (a folder with
 * a socket), `sslmode` (`disable`, `require`, `verify-ca`, `verify-full`), `sslrootcert` (a file),
 * `application_name`, `max_connections`, `overflow`, `pool_timeout`, `max_lifetime`, `query_timeout` (seconds),
 * `pre_ping`, `prepare`, `listen`, `echo` (`true`, `false`). Throws Refused `store-url`.
 */
export function settingsOf(options: PostgresStoreOptions): Settings {
  const url = parse(options.url);
  const parameters = url.searchParams;
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name))
      throw badUrl(`has no option "${name}"`, didYouMean(name, PARAMETERS).hint);
  }
  const named = { ...DEFAULTS, ...fromUrl(parameters), ...without(options) };
  const schema = named.schema;
  if (schema === '' || Buffer.byteLength(schema) > MAX_NAME_BYTES || schema.includes('\u0000')) {
    throw badUrl(`cannot have the schema ${JSON.stringify(schema)}: a name has 1 to ${MAX_NAME_BYTES} bytes`);
  }
  const host = parameters.get('host') ?? decodeURIComponent(url.hostname);
  const database = decodeURIComponent(url.pathname.slice(1));
  const place = host.startsWith('/') ? `localhost/${database} (${host})` : `${url.host}/${database}`;
  const tls = options.tls ?? tlsOf(parameters);
  return {
    ...named,
    connection: {
      ...(host === '' ? {} : { host }),
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      ...(database === '' ? {} : { database }),
      ...(url.username === '' ? {} : { user: decodeURIComponent(url.username) }),
      ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
      ...(tls === undefined ? {} : { ssl: tls }),
      application_name: parameters.get('application_name') ?? 'detent',
      connectionTimeoutMillis: named.poolTimeoutMs,
      keepAlive: true,
    },
    shownUrl: `postgres://${place}${schema === DEFAULTS.schema ? '' : `?schema=${schema}`}`,
    onQuery: options.onQuery ?? (switchOf(parameters, 'echo') === true ? echo : undefined),
    pool: options.pool,
    clock: options.clock,
  };
}

function parse(text: string): URL {
  try {
    const url = new URL(text);
    if (url.protocol === 'postgres:' || url.protocol === 'postgresql:') return url;
  } catch {
    // The text is not shown: it may hold a password.
  }
  throw badUrl('is not of the form postgres://user@host:port/database');
}

function badUrl(what: string, hint?: string) {
  const message = `the URL of the PostgreSQL store ${what}`;
  return refused({ code: 'store-url', message, path: '', ...(hint === undefined ? {} : { hint }) });
}

function fromUrl(parameters: URLSearchParams) {
  const found: Record<string, string | number | boolean> = {};
  const schema = parameters.get('schema');
  if (schema !== null) found['schema'] = schema;
  for (const name of [...NUMBERS, ...SECONDS]) {
    const text = parameters.get(parameterName(name));
    if (text === null) continue;
    if (!/^\d{1,9}$/.test(text)) throw badUrl(`needs a whole number for "${parameterName(name)}"`);
    found[name] = (SECONDS as readonly string[]).includes(name) ? Number(text) * 1_000 : Number(text);
  }
  for (const name of SWITCHES) {
    const value = switchOf(parameters, parameterName(name));
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function switchOf(parameters: URLSearchParams, name: string): boolean | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  if (text !== 'true' && text !== 'false') throw badUrl(`needs true or false for "${name}"`);
  return text === 'true';
}

/** `maxLifetimeMs` is `max_lifetime` in a URL. */
function parameterName(option: string): string {
  return option.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The options that have a default and were given. */
function without(options: PostgresStoreOptions) {
  return Object.fromEntries(
    Object.keys(DEFAULTS).flatMap((name) => {
      const value = options[name as keyof typeof DEFAULTS];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function tlsOf(parameters: URLSearchParams): ConnectionOptions | false | undefined {
  const [mode, file] = [parameters.get('sslmode'), parameters.get('sslrootcert')];
  const ca = file === null ? {} : { ca: certificate(file) };
  switch (mode) {
    case null:
      return file === null ? undefined : { ...ca, rejectUnauthorized: true };
    case 'disable':
      return false;
    case 'require':
    case 'verify-ca':
      // `require` alone believes whoever answers; with authorities at hand it asks them, as libpq does.
      if (mode === 'require' && file === null) return { rejectUnauthorized: false };
      return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case 'verify-full':
      return { ...ca, rejectUnauthorized: true };
    default:
      throw badUrl(`has an sslmode that is none of disable, require, verify-ca, verify-full`);
  }
}

function certificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw badUrl(`names a certificate that cannot be read: ${thrown(error).message}`);
  }
}

function echo({ sql, ms }: { readonly sql: string; readonly ms: number }): void {
  process.stderr.write(`detent: ${ms.toFixed(1)} ms ${sql.trim().replaceAll(/\s+/g, ' ')}\n`);
}
