// Executions of workflows a second in memory, beside those of aws-local-stepfunctions: ten Pass states one after the other,
// and an inline Map over 1,000 items. Both compile beforehand, make events with their payloads as values, and have them read
// where it says so, when ours are put into AWS's form. Ours through simulate and by the pure step.
// It is the processor's time that counts: others may be at work on the machine.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asl } from '../dist/asl/language.js';
import { fold, UNBORN } from '../dist/core/fold.js';
import { compile, simulate } from '../dist/embed/asl.js';
import { installPeers, isInstalled } from './installed-peers.mjs';
import { interleaved, median, medianRatio, spread } from './statistics.mjs';

const PEER = 'aws-local-stepfunctions';

const ROUNDS = 9;

const PASSES = {
  StartAt: 'S0',
  States: Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [
      `S${i}`,
      { Type: 'Pass', ...(i < 9 ? { Next: `S${i + 1}` } : { End: true }) },
    ]),
  ),
};

const MAP = {
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemProcessor: { StartAt: 'One', States: { One: { Type: 'Pass', End: true } } },
      End: true,
    },
  },
};

/** Rows of { name, value, unit, ratio, note }. */
export async function measure({ seconds }) {
  const missing = await installPeers();
  if (!isInstalled(PEER)) return [{ name: PEER, note: missing ?? 'it is not installed' }];
  const folder = join(import.meta.dirname, 'node_modules', PEER, 'build', 'main.node.esm.js');
  const { StateMachine } = await import(pathToFileURL(folder).href);
  return [
    ...(await rowsOf('ten Pass states', PASSES, { id: 7 }, StateMachine, seconds)),
    ...(await rowsOf(
      'a Map of 1,000',
      MAP,
      { items: Array.from({ length: 1_000 }, (_, i) => i) },
      StateMachine,
      seconds,
    )),
  ];
}

async function rowsOf(title, definition, input, StateMachine, seconds) {
  const program = compile(definition);
  const peer = new StateMachine(definition);
  const variants = {
    peer: async () => (await peer.run(input).result) !== undefined,
    peerEvents: async () => (await eventsOf(peer.run(input))) > 20,
    simulate: async () => (await simulate(program, input)).status === 'SUCCEEDED',
    history: async () => (await simulate(program, input)).history.length > 20,
    step: () => stepped(program, input),
  };
  const timed = {};
  for (const [name, run] of Object.entries(variants))
    timed[name] = await sliced(run, (seconds * 1_000) / ROUNDS);
  const rates = await interleaved(timed, { rounds: ROUNDS, warm: 2 });
  const row = (name, label, beside, note) => ({
    name: `${title}: ${label}`,
    value: median(rates[name]),
    unit: 'a second',
    ...(beside === undefined ? {} : { ratio: medianRatio(rates[name], rates[beside]) }),
    note: [note, spread(rates[name])].filter(Boolean).join(', '),
  });
  return [
    row('peer', `${PEER} 3.0.0`, undefined, 'its events made'),
    row('simulate', 'Detent, simulate', 'peer', 'history events made'),
    row('step', 'Detent, the pure step', 'peer', 'history events made'),
    row('peerEvents', `${PEER} 3.0.0`, undefined, 'its events read'),
    row('history', 'Detent, simulate', 'peerEvents', 'history read, in AWS’s form'),
  ];
}

/** How many events it has to tell, which only whoever reads them waits for. */
async function eventsOf({ result, eventLogs }) {
  await result;
  let count = 0;
  for await (const _ of eventLogs) count += 1;
  return count;
}

/** Runs so many that they take about `milliseconds`, as often as it is asked. */
async function sliced(run, milliseconds) {
  const time = async (count) => {
    const start = process.cpuUsage();
    for (let i = 0; i < count; i++) if (!(await run())) throw new Error('it did not succeed');
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
  let count = 1;
  for (let ms = 0; ms < milliseconds / 4; count *= 2) ms = await time(count);
  return async () => ({ count, ms: await time(count) });
}

/** Folds an execution that waits for nothing. */
function stepped(program, input) {
  // The body last, as the engine stamps it: the other way round the making of the event takes longer than the step.
  const event = (body, revision) => ({
    id: `e${revision}`,
    instance: 'bench',
    revision,
    at: 1_767_225_600_000,
    seed: `s${revision}`,
    ...body,
  });
  let step = fold(asl, program, UNBORN, event({ type: 'start', machine: 'bench', input }, 1));
  for (let revision = 2; step.unfinished; revision++)
    step = fold(asl, program, step, event({ type: 'continue' }, revision));
  return step.status === 'succeeded';
}
