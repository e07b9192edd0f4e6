import { describe, it } from 'vitest';
import type { Needed, StoreHarness } from '../../src/testing/store-suite/store-case.js';
import { storeSuite } from '../../src/testing/store-suite/store-suite.js';

/** A harness on a store of its own, and what has to be closed after the case. */
export type OpenHarness = () => Promise<{ harness: StoreHarness; close: () => Promise<void> }>;

/** Runs the suite under vitest; `has` names what applies to this store. What does not is no case of its. */
export function describeStore(name: string, has: readonly Needed[], open: OpenHarness): void {
  describe(name, () => {
    for (const [subject, cases] of Object.entries(storeSuite)) {
      const own = cases.filter(({ needs }) => needs === undefined || has.includes(needs));
      if (own.length === 0) continue;
      describe(subject, () => {
        for (const { name, run } of own) {
          it(name, async () => {
            const { harness, close } = await open();
            try {
              await run(harness);
            } finally {
              await close();
            }
          });
        }
      });
    }
  });
}

/** A clock that only the test moves. */
export function testClock(start = 1_700_000_000_000) {
  let time = start;
  return {
    now: () => time,
    advance: (ms: number) => {
      time += ms;
    },
  };
}
