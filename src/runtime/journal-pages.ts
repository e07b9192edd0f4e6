import type { JournalEntry } from '../core/journal.js';
import type { Store } from '../store/store.js';

/** Entries of a journal that are in memory at once. */
const PAGE = 100;

/** The entries of an instance's journal behind a revision, in order, a page in memory at a time. */
export async function* journalBehind(
  store: Store,
  instance: string,
  revision: number,
): AsyncGenerator<JournalEntry> {
  let after: string | undefined = String(revision);
  while (after !== undefined) {
    const page: Awaited<ReturnType<Store['journal']>> = await store.journal(instance, { limit: PAGE, after });
    yield* page.items;
    after = page.next;
  }
}
