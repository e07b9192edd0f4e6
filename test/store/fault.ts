import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import type { Needed } from '../../src/testing/store-suite/store-case.js';
import { storeSuite } from '../../src/testing/store-suite/store-suite.js';
import { testClock } from './store-suite.js';

/** Makes a store wrong in one way. */
export type Fault = (store: Store) => Partial<Store>;

/** Whether any case of the suite fails, or of these subjects of it. Only cases that need what is `needed`, if it is. */
export async function isCaught(
  fault: Fault,
  subjects = Object.keys(storeSuite),
  needed?: Needed,
): Promise<boolean> {
  for (const { needs, run } of subjects.flatMap((subject) => storeSuite[subject] ?? [])) {
    if (needs !== needed) continue;
    const clock = testClock();
    const sound = openMemoryStore({ clock: clock.now });
    const faulty = fault(sound);
    const store = new Proxy(sound, {
      get: (target, name) => {
        const method: unknown = Reflect.get(faulty, name) ?? Reflect.get(target, name);
        return typeof method === 'function' ? method.bind(name in faulty ? faulty : target) : method;
      },
    });
    try {
      await run({ store, clock, second: async () => store });
    } catch {
      return true;
    }
  }
  return false;
}
