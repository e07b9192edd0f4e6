// Prints the bytes of heap that each of so many live snapshots holds, what its context holds included.
// node --expose-gc bench/size/snapshots.mjs WHOSE COUNT
import { WORKLOADS } from '../transition/workloads.mjs';

const [, , whose, count] = process.argv;
const { assign, createMachine, initialTransition, transition } = await import(
  whose === 'detent' ? '../../dist/index.js' : whose
);
const machine = createMachine(WORKLOADS.levels.config(assign));
const [first] = initialTransition(machine);
const event = { type: 'ADD', by: 1 };
const kept = new Array(Number(count)).fill(first);
const before = heap();
for (let i = 0; i < kept.length; i++) kept[i] = transition(machine, first, event)[0];
console.log((heap() - before) / kept.length);

function heap() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
