import { MAX_PAGE } from '../../core/limits.js';
import type { Store } from '../../store/store.js';

/** Everything that can be seen of a store, for two moments or two stores to be compared. */
export async function observe(store: Store, receivers: readonly string[]) {
  const readings = (await store.find({})).items;
  const journals = [];
  for (const { instance } of readings) journals.push((await store.journal(instance.id, {})).items);
  const mailboxes = [];
  for (const receiver of receivers) mailboxes.push(await store.messages(receiver));
  return {
    definitions: await store.definitions(),
    readings,
    journals,
    mailboxes,
    jobs: (await store.jobs({})).items,
    queues: await store.queues(),
    paused: await store.paused(),
    changes: (await store.changes({ after: '', limit: MAX_PAGE })).entries,
    counts: await store.counts(),
    nextDue: await store.nextDue({ definitions: readings.map(({ instance }) => instance.definition) }),
  };
}
