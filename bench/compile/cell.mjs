// One maker in a process of its own: answers how many milliseconds the first machine took, and how many each of the rest.
import { nanoseconds } from '../processor-clock.mjs';
import { MAKERS } from './makers.mjs';

const [, , name, seconds] = process.argv;
const make = await MAKERS[name].open();

const first = milliseconds(1);
// Until the optimizer has seen enough of it.
let count = 1;
for (let spent = 0; spent < Number(seconds) * 500; count *= 2) spent += milliseconds(count);
const warm = milliseconds(count) / count;
process.send({ first, warm });

function milliseconds(times) {
  const before = nanoseconds();
  for (let i = 0; i < times; i++) make();
  return (nanoseconds() - before) / 1e6;
}
