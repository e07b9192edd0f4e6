// Evaluations of JSONata a second: ours and those of the JSONata project's library, over the expressions of its own test
// suite, both compiled beforehand. Alone: npm run build && node bench/jsonata.mjs [MILLISECONDS [GROUP]]
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from '../dist/embed/jsonata.js';
import { compileJsonataTemplate } from '../dist/expression/template.js';
import { installPeers, isInstalled } from './installed-peers.mjs';
import { print } from './table.mjs';

const FOLDER = join(import.meta.dirname, '..', '..', 'shared', 'corpora', 'jsonata');

/** Slices for each of the two, taken in turn. The fastest counts: what makes others slower is the machine. */
const SLICES = 9;

/** Rows of { name, value, unit, ratio, note }; `seconds` is 1,000 times what a slice takes, halved. */
export async function measure({ seconds }) {
  const missing = await installPeers();
  if (!isInstalled('jsonata')) return [{ name: 'jsonata', note: missing ?? 'it is not installed' }];
  if (!existsSync(FOLDER))
    return [{ name: 'jsonata', note: 'its test suite is not there (../shared/corpora)' }];
  return [...summary(await timings(seconds / 2)), ...(await asked(seconds / 2))];
}

const STATES = {
  input: { order: { id: 'o-1', qty: 3, price: 5, items: [{ n: 1 }, { n: 2 }] } },
  context: { Execution: { Id: 'e-1' } },
};
const MACHINE = { context: { coins: 3 }, event: { type: 'coin', data: { qty: 4 } } };

/** What workflows and machines ask, in their dialects, of what they see: the library gets it the same way. */
const ASKED = [
  ['$states.input.order.qty', 'states'],
  ['$states.input.order.qty > 2 and $states.input.order.price < 10', 'states'],
  ['$sum($states.input.order.items.n)', 'states'],
  ['context.coins + event.data.qty > 5', 'jsonata'],
];

async function asked(milliseconds) {
  const jsonata = createRequire(join(import.meta.dirname, 'package.json'))('jsonata');
  const rows = [];
  for (const [expr, dialect] of ASKED) {
    const [input, bindings] = dialect === 'states' ? [undefined, { states: STATES }] : [MACHINE, {}];
    const template = compileJsonataTemplate(`{% ${expr} %}`, dialect).value;
    const evaluate = () => template.evaluate(input, { bindings });
    const { ours, theirs } = await race(evaluate, jsonata(expr), { input, bindings }, milliseconds);
    rows.push({
      name: `{% ${expr} %}`,
      value: 1e9 / ours,
      unit: 'a second',
      ratio: theirs / ours,
      note: 'times as fast as jsonata',
    });
  }
  return rows;
}

/**
 * Nanoseconds of every expression of the suite that both evaluate without an error, one after the other, with the same
 * input and bindings. The library's answer is a promise, and is awaited, as whoever uses it must. Nothing keeps the values: neither can leave out work, as
 * an evaluation goes through closures, or a tree, that are chosen when it runs.
 */
async function timings(milliseconds, group = '') {
  const theirs = createRequire(join(import.meta.dirname, 'package.json'))('jsonata');
  const datasets = JSON.parse(readFileSync(join(FOLDER, 'datasets.json'), 'utf8'));
  const cases = readFileSync(join(FOLDER, 'cases.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const found = [];
  for (const one of cases) {
    if (one.code !== undefined || !one.id.startsWith(group)) continue;
    const input = one.dataset === undefined ? one.data : datasets[one.dataset];
    const timing = await time(one, input, theirs, milliseconds);
    if (timing !== undefined) found.push(timing);
  }
  return found;
}

async function time({ id, expr, bindings }, input, jsonata, milliseconds) {
  let ours;
  let theirs;
  let readsInput;
  try {
    ours = compile(expr);
    theirs = jsonata(expr);
    readsInput = JSON.stringify(ours(input, bindings)) !== valueWithoutInput(ours, bindings);
    await theirs.evaluate(input, bindings);
  } catch {
    return undefined;
  }
  const evaluate = () => ours(input, bindings);
  return { id, expr, readsInput, ...(await race(evaluate, theirs, { input, bindings }, milliseconds)) };
}

/** Nanoseconds of an evaluation of each of the two. */
async function race(ours, theirs, { input, bindings }, milliseconds) {
  const runOurs = (count) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) ours();
    return ((performance.now() - start) / count) * 1e6;
  };
  const runTheirs = async (count) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) await theirs.evaluate(input, bindings);
    return ((performance.now() - start) / count) * 1e6;
  };
  // Twice as long as a slice to warm up, at first to learn how many a slice has.
  const counts = [countFor(runOurs(20), milliseconds), countFor(await runTheirs(5), milliseconds)];
  counts[0] = countFor(runOurs(counts[0]), milliseconds);
  counts[1] = countFor(await runTheirs(counts[1]), milliseconds);
  const times = [[], []];
  for (let slice = 0; slice < SLICES; slice++) {
    times[0].push(runOurs(counts[0]));
    times[1].push(await runTheirs(counts[1]));
  }
  return { ours: Math.min(...times[0]), theirs: Math.min(...times[1]) };
}

function valueWithoutInput(ours, bindings) {
  try {
    return JSON.stringify(ours(undefined, bindings));
  } catch {
    return 'an error';
  }
}

function countFor(nanoseconds, milliseconds) {
  return Math.max(3, Math.ceil((milliseconds * 1e6) / nanoseconds));
}

function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function summary(found) {
  const rowsOf = (title, some) => {
    if (some.length === 0) return [];
    const ratio = geometricMean(some.map(({ ours, theirs }) => theirs / ours));
    const a = geometricMean(some.map(({ ours }) => 1e9 / ours));
    const b = geometricMean(some.map(({ theirs }) => 1e9 / theirs));
    return [
      { name: `${title}: Detent`, value: a, unit: 'a second' },
      { name: `${title}: jsonata`, value: b, unit: 'a second', ratio, note: 'times as fast is Detent' },
    ];
  };
  const sorted = found.map(({ ours, theirs }) => theirs / ours).sort((a, b) => a - b);
  const quantile = (q) => sorted[Math.floor(q * (sorted.length - 1))].toFixed(1);
  return [
    ...rowsOf(`${found.length} expressions, geometric mean`, found),
    ...rowsOf(
      'those whose value depends on the input',
      found.filter(({ readsInput }) => readsInput),
    ),
    ...rowsOf(
      'those whose value is always the same',
      found.filter(({ readsInput }) => !readsInput),
    ),
    { name: 'ratios', note: `5 %: ${quantile(0.05)}, half: ${quantile(0.5)}, 95 %: ${quantile(0.95)}` },
  ];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , milliseconds = '1', group = ''] = process.argv;
  const found = await timings(Number(milliseconds), group);
  print('JSONata', [...summary(found), ...(await asked(Number(milliseconds)))]);
  const groups = new Map();
  for (const timing of found) {
    const name = timing.id.replace(/\/.*/, '');
    groups.set(name, [...(groups.get(name) ?? []), timing.theirs / timing.ours]);
  }
  const lines = [...groups].map(([name, ratios]) => [geometricMean(ratios), name, ratios.length]);
  console.log('\nBy group, the least first:');
  for (const [ratio, name, count] of lines.sort(([a], [b]) => a - b)) {
    console.log(`${ratio.toFixed(1).padStart(7)}  ${name} (${count})`);
  }
  console.log('\nThe least of all:');
  for (const { id, ours, theirs, expr } of found
    .sort((a, b) => a.theirs / a.ours - b.theirs / b.ours)
    .slice(0, 40)) {
    const figures = [theirs / ours, ours, theirs].map((value, i) =>
      value.toFixed(i === 0 ? 1 : 0).padStart(8),
    );
    console.log(`${figures.join(' ')}  ${id}  ${expr.replace(/\s+/g, ' ').slice(0, 70)}`);
  }
}
