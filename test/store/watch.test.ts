import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { Watch } from '../../src/store/sqlite/watch.js';
import { born, signal } from '../../src/testing/store-suite/fixture.js';
import { freshPath } from './sqlite-folder.js';

describe('watching a SQLite file', () => {
  it('notices another process by asking, where the file system tells nothing', async () => {
    let version = 1;
    let failing = false;
    const file = {
      path: freshPath('never-made'),
      first: () => {
        if (failing) throw new Error('locked');
        return [version];
      },
    };
    let heard = 0;
    const waitUntil = async (count: number) => {
      for (let turns = 0; turns < 500 && heard < count; turns++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(heard).toBe(count);
    };
    const watch = new Watch(file, () => {
      heard += 1;
    });
    version = 2;
    await waitUntil(1);
    failing = true;
    version = 3;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(heard).toBe(1);
    failing = false;
    await waitUntil(2);
    watch.close();
    version = 4;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(heard).toBe(2);
  });

  it('tells a store only of what others wrote, beside what it wrote itself', async () => {
    const path = freshPath();
    const [first, second] = [await openSqliteStore({ path }), await openSqliteStore({ path })];
    await born(first, 'a');
    let heard = 0;
    const stop = first.onChange(() => {
      heard += 1;
    });
    await new Promise((resolve) => setTimeout(resolve, 250));
    const before = heard;
    await first.now();
    await second.read('a');
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(heard).toBe(before);
    await second.send([signal('a', 'one')]);
    for (let turns = 0; turns < 500 && heard === before; turns++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(heard).toBeGreaterThan(before);
    stop();
    await first.close();
    await second.close();
  });
});
