import { type Standing, UNBORN } from '../core/fold.js';
import type { Json } from '../core/json.js';
import type { Store } from '../store/store.js';

/** Where the folding of an instance's journal begins. */
export interface Beginning {
  /** The entries behind this one follow. */
  readonly revision: number;
  readonly standing: Standing;
}

/** Nothing, or the snapshot that a trimmed journal goes on from. */
export async function beginningOf(store: Store, instance: string): Promise<Beginning> {
  const first = (await store.journal(instance, { limit: 1 })).items[0]?.revision;
  if (first === 1) return { revision: 0, standing: UNBORN };
  // What is left while a journal is being trimmed, or where nothing came after, has its snapshot behind it.
  const before = first === undefined ? undefined : await store.snapshot(instance, first - 1);
  const snapshot = before ?? (await store.snapshot(instance, Number.MAX_SAFE_INTEGER));
  if (snapshot === undefined) return { revision: 0, standing: UNBORN };
  const { revision, status, state } = snapshot;
  return { revision, standing: { status, state: state === null ? null : (JSON.parse(state) as Json) } };
}
