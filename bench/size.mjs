// What it weighs: the code that a program bundles, and the snapshots that it holds.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild-wasm';

const FUNCTIONS = 'createMachine, initialTransition, transition';
const SNAPSHOTS = 1_000_000;
/** XState makes some 50,000 a second; a tenth of them says the same. */
const SNAPSHOTS_OF_XSTATE = 100_000;

/** Rows of { name, value, unit, ratio, note }. */
export async function measure() {
  const ours = await bundle('../dist/index.js', true);
  const whole = await bundle('../dist/index.js', false);
  const theirs = await bundle('xstate', false);
  const bytes = await bytesOf('detent', SNAPSHOTS);
  const bytesOfXstate = await bytesOf('xstate', SNAPSHOTS_OF_XSTATE);
  const name = `${FUNCTIONS}, bundled`;
  return [
    row(`${name}: Detent without expressions`, ours),
    row(`${name}: Detent`, whole, whole.gzip / ours.gzip),
    row(`${name}: XState 5.33.3`, theirs, theirs.gzip / ours.gzip),
    { name: 'a live snapshot, with a context of two numbers: Detent', value: bytes, unit: 'B' },
    {
      name: 'a live snapshot, with a context of two numbers: XState 5.33.3',
      value: bytesOfXstate,
      unit: 'B',
      ratio: bytesOfXstate / bytes,
    },
  ];
}

function row(name, { minified, gzip }, ratio) {
  const note = `${minified.toLocaleString('en-US')} B minified`;
  return { name, value: gzip, unit: 'B gzip', note, ...(ratio === undefined ? {} : { ratio }) };
}

/** The three functions as a program that imports nothing else gets them; with `expression/` left out where it is asked. */
async function bundle(from, external) {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${FUNCTIONS} } from '${from}';`, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    ...(external ? { external: ['../expression/*', '../../expression/*'] } : {}),
  });
  const [{ contents }] = outputFiles;
  return { minified: contents.length, gzip: gzipSync(contents, { level: 9 }).length };
}

async function bytesOf(whose, count) {
  const cell = join(import.meta.dirname, 'size', 'snapshots.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', cell, whose, String(count)]);
  return Number(stdout);
}
