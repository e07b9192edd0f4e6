// One contender on one workload, in a process of its own: what an engine's optimizer learnt of one contender must not
// slow down another (a call that was seen with many kinds of objects is never fast again). It answers what it is told.
import { nanoseconds } from '../processor-clock.mjs';
import { CONTENDERS } from './contenders.mjs';
import { WORKLOADS } from './workloads.mjs';

/** Before the comparison: every event in many cycles, and some of one more, so that it does not end where it began. */
const AGREED_CYCLES = 50;
const AGREED_EXTRA = 3;

const [, , contender, name] = process.argv;
const workload = WORKLOADS[name];
const opened = await CONTENDERS[contender].open(workload);

if (opened === undefined) {
  process.send({ absent: 'has no such machines' });
  process.disconnect();
} else {
  const { send, where } = opened;
  const run = runner(send, workload.events);
  run(workload.events.length * AGREED_CYCLES + AGREED_EXTRA);
  process.send({ where: where() });
  process.on('message', ({ events, milliseconds }) => {
    process.send({ rate: events === undefined ? warmUp(run, milliseconds) : rateOf(run, events) });
  });
}

function runner(send, events) {
  let next = 0;
  return (count) => {
    for (let i = 0; i < count; i++) {
      send(events[next]);
      if (++next === events.length) next = 0;
    }
  };
}

/** Doubles the number of events until they fill the time; answers the last rate. */
function warmUp(run, milliseconds) {
  let rate = 0;
  for (let events = 1_000, spent = 0; spent < milliseconds; events *= 2) {
    rate = rateOf(run, events);
    spent += (events / rate) * 1_000;
  }
  return rate;
}

function rateOf(run, events) {
  const before = nanoseconds();
  run(events);
  return (events * 1e9) / Math.max(1, nanoseconds() - before);
}
