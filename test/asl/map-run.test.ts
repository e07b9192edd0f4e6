import { describe, expect, it } from 'vitest';
import { BitSet } from '../../src/asl/map-run/bit-set.js';
import { MapRun } from '../../src/asl/map-run/map-run.js';
import { newMapRun, type StoredMapRun } from '../../src/asl/map-run/stored-map-run.js';

const ITEMS = 100_000;
const AT_ONCE = 1_000;
/** What the state of a Map may take, whatever its items are. */
const MAX_BYTES = 64_000;

function begun(fields: Partial<StoredMapRun> = {}): MapRun {
  const plain = {
    group: '1.0',
    eventId: 4,
    label: 'Map',
    at: Date.UTC(2026, 0, 1),
    total: ITEMS,
    limit: AT_ONCE,
  };
  return stored(newMapRun({ ...plain, tolerance: { percentage: 100 }, ...fields }));
}

/** As it is after a turn. */
function stored(run: StoredMapRun): MapRun {
  return new MapRun(JSON.parse(JSON.stringify(run)) as StoredMapRun);
}

/** Runs all items, many at once, each ending by a rule; the largest that the run was between turns. */
function largest(run: MapRun, size: number, succeeds: (first: number) => boolean): number {
  let bytes = 0;
  let current = run;
  while (!current.isDone) {
    const firsts: number[] = [];
    while (current.next !== undefined) {
      firsts.push(current.next);
      current.begin(Math.min(size, current.room));
    }
    // From the last to the first, so that no page is filled in order.
    for (const first of firsts.reverse()) current.end(first, succeeds(first) ? 'succeeded' : 'failed');
    const kept = current.stored();
    bytes = Math.max(bytes, JSON.stringify(kept).length);
    current = stored(kept);
  }
  return bytes;
}

describe('the run of a distributed Map', () => {
  it('stays below 64 kB with 100,000 items, however they end', () => {
    expect(largest(begun(), 1, (first) => first % 2 === 0)).toBeLessThan(MAX_BYTES);
    expect(largest(begun({ batch: { bytes: 1_000 } }), 3, (first) => first % 2 === 0)).toBeLessThan(
      MAX_BYTES,
    );
  });

  it('takes next to nothing where all of them end well', () => {
    expect(largest(begun(), 1, () => true)).toBeLessThan(3_000);
  });

  it('stays below 64 kB when it is redriven', () => {
    const run = begun();
    while (run.next !== undefined) {
      const first = run.next;
      run.begin(1);
      run.end(first, first % 3 === 0 ? 'succeeded' : 'failed');
    }
    expect(largest(stored(run.redriven('2.0', 9, 0)), 1, (first) => first % 2 === 0)).toBeLessThan(MAX_BYTES);
  });

  it('tells whose results are still to be brought, in pages and by their groups', () => {
    const run = begun({ total: 5 });
    for (let first = 0; first < 5; first++) {
      run.begin(1);
      run.end(first, first === 2 ? 'failed' : 'succeeded');
    }
    const again = stored(run.redriven('7.0', 9, 0));
    expect(again.next).toBe(2);
    again.begin(1);
    again.end(2, 'succeeded');
    expect(again.ungathered(3)).toEqual([
      { group: '1.0', index: 0 },
      { group: '1.0', index: 1 },
      { group: '7.0', index: 2 },
    ]);
    again.keep(['a', 'b', 'c'], 2);
    const later = stored(again.stored());
    expect(later.outputs).toEqual(['a', 'b', 'c']);
    expect(later.ungathered(3).map(({ index }) => index)).toEqual([3, 4]);
    later.keep(['d', 'e'], 4);
    expect(later.ungathered(3)).toEqual([]);
  });
});

describe('a set of small numbers', () => {
  it('keeps full pages as a mark, and knows what is in them', () => {
    const set = new BitSet();
    for (let index = 0; index < 960; index++) set.add(index);
    set.add(959);
    set.add(960);
    expect(set.stored()).toEqual(['*', 'B']);
    const read = new BitSet(set.stored());
    expect([0, 959, 960, 961].map((index) => read.has(index))).toEqual([true, true, true, false]);
  });
});
