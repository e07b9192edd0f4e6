import type { Receipt } from '../core/engine.js';
import type { NewMessage } from '../core/message.js';
import type { Store } from '../store/store.js';
import { Alarm } from './alarm.js';
import type { Clock } from './clock.js';

/** How often a waiting caller looks, at most, for what a hint did not tell. */
const WAIT_POLL_MS = 100;

/** What became of an event, as soon as something has, or nothing if the wait is over before. */
export async function fateOf(
  store: Store,
  clock: Clock,
  { to, id }: Pick<NewMessage, 'to' | 'id'>,
  waitMs: number,
): Promise<Receipt['applied']> {
  const deadline = clock.now() + waitMs;
  const alarm = new Alarm(clock);
  const unsubscribe = store.onChange(() => alarm.ring());
  try {
    while (true) {
      const entry = await store.folded(to, id);
      if (entry !== undefined) return { revision: entry.revision, outcome: entry.outcome };
      const left = deadline - clock.now();
      if (left <= 0) return undefined;
      await alarm.wait(Math.min(left, WAIT_POLL_MS));
    }
  } finally {
    unsubscribe();
  }
}
