// Builds dist/ with tsc, only if something changed since the last build, and says what it does.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const stampFile = join(dist, '.built');

/** Name, size and time of everything that the build reads. */
function stamp() {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('src', file));
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...sources.sort()]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return { stamp: hash.digest('hex'), sources };
}

/** What was built from a source that is gone would still be found by an import. */
function removeOrphans(sources) {
  if (!existsSync(dist)) return;
  const kept = new Set(sources.map((file) => file.slice('src/'.length, -'.ts'.length)));
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const match = /^(.*?)(\.d)?\.(ts|js)(\.map)?$/.exec(file);
    if (match && !kept.has(match[1])) rmSync(join(dist, file));
  }
}

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  const began = Date.now();
  const ticker = process.stderr.isTTY
    ? setInterval(
        () => process.stderr.write(`\rdetent: building ${((Date.now() - began) / 1000).toFixed(0)} s`),
        1000,
      )
    : undefined;
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      clearInterval(ticker);
      if (ticker) process.stderr.write('\r\x1b[K');
      resolve({ code: code ?? 1, seconds: (Date.now() - began) / 1000 });
    });
  });
}

const { stamp: current, sources } = stamp();
if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === current) {
  process.stderr.write('detent: dist/ is up to date\n');
} else {
  process.stderr.write(`detent: building dist/ from ${sources.length} files\n`);
  removeOrphans(sources);
  const { code, seconds } = await compile();
  if (code !== 0) process.exit(code);
  mkdirSync(dist, { recursive: true });
  const bin = join(dist, 'cli', 'main.js');
  if (existsSync(bin)) chmodSync(bin, 0o755);
  writeFileSync(stampFile, current);
  process.stderr.write(`detent: built in ${seconds.toFixed(1)} s\n`);
}
