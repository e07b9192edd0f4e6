// How fast the disk is, to read every durable figure by.
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { rate } from './statistics.mjs';

/** Flushes one after the other, each after a write of 4 kB at a file's end; answers { count, ms }. */
export function flush(dir, count) {
  const file = openSync(join(dir, 'flush'), 'a');
  const page = Buffer.alloc(4_096, 1);
  const began = performance.now();
  for (let n = 0; n < count; n++) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  const ms = performance.now() - began;
  closeSync(file);
  return { count, ms };
}

/** Flushes a second, over some of them. */
export function flushRate(dir, count = 300) {
  return rate(flush(dir, count));
}
