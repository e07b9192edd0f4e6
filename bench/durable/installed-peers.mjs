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
    const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    await promisify(execFile)('npm', options, { cwd: BENCH, timeout: 300_000 });
    return undefined;
  } catch (error) {
    return `not installed: npm ci in bench/ failed: ${String(error.stderr ?? error).split('\n')[0]}`;
  }
}
