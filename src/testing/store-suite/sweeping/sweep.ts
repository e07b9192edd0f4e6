import type { Store, SweepQuery } from '../../../store/store.js';
import type { StoreHarness } from '../store-case.js';

/** Sweeps everything that is from before now. */
export function sweep(
  { store, clock }: StoreHarness,
  what: SweepQuery['what'],
  over: Partial<SweepQuery> = {},
) {
  clock.advance(1);
  return store.sweep({ what, before: clock.now(), limit: 10, ...over });
}

/** Of the entries that are left of a journal. */
export async function revisions(store: Store, instance: string): Promise<number[]> {
  return (await store.journal(instance, {})).items.map(({ revision }) => revision);
}
