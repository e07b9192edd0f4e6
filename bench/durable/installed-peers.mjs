// The packages that we are measured against have a package.json and a lock of their own, in bench/.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const BENCH = join(import.meta.dirname, '..');

/** Installs them if need be; answers why they are absent where that fails. */
export async function installPeers() {
  if (existsSync(join(BENCH, 'node_modules', 'bullmq'))) return undefined;
  console.log('installing what we are measured against (bench/package-lock.json)');
  try {
    // Not `npm ci`, which refuses a lock where a registry lacks a package that is optional and for another platform.
    const options = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    await promisify(execFile)('npm', options, { cwd: BENCH, timeout: 300_000 });
    return undefined;
  } catch (error) {
    const lines = String(error.stderr ?? error).split('\n');
    const why = lines.find((line) => line.startsWith('npm error')) ?? lines[0];
    return `not installed: npm install in bench/ failed: ${why}`;
  }
}
