import { Refused } from '../core/problem.js';
import type { Store } from '../store/store.js';

export interface OpenedStore {
  readonly store: Store;
  /** Names this process in leases, in the form that the store can tell a dead process by. */
  readonly identity: string;
}

/**
 * Opens the store that a URL names: `sqlite:PATH`, `postgres://…` or `memory:`; one that is open already is taken
 * as it is. A back end is loaded only when it is asked for. Throws Refused `unknown-store` for any other.
 */
export async function openStore(url: string | Store): Promise<OpenedStore> {
  const { workerIdentity } = await import('../store/sqlite/worker-identity.js');
  const identity = workerIdentity();
  if (typeof url !== 'string') return { store: url, identity };
  if (url === 'memory:') {
    const { openMemoryStore } = await import('../store/memory/memory-store.js');
    return { store: openMemoryStore(), identity };
  }
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length) {
    const { openSqliteStore } = await import('../store/sqlite/sqlite-store.js');
    return { store: await openSqliteStore({ path: url.slice('sqlite:'.length) }), identity };
  }
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgresStore } = await import('../store/postgres/postgres-store.js');
    return { store: await openPostgresStore({ url }), identity };
  }
  throw new Refused({
    code: 'unknown-store',
    message: `${JSON.stringify(withoutSecrets(url))} names no database`,
    path: '',
    hint: 'write sqlite:PATH, postgres://user@host/database or memory:',
  });
}

/** What stands before an `@` may be a password. */
function withoutSecrets(url: string): string {
  return url.replace(/^(\w*:?\/\/).*@/, '$1');
}
