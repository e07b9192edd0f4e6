// The packages that we are measured against have a package.json and a lock of their own, in bench/.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const BENCH = import.meta.dirname;

/** Installs them if need be; answers why they are absent where that fails. */
export async function installPeers() {
  const { dependencies } = JSON.parse(readFileSync(join(BENCH, 'package.json'), 'utf8'));
  if (Object.keys(dependencies).every(isInstalled)) return undefined;
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

/** Whether a package of bench/package.json is there: a registry may have lacked one of them. */
export function isInstalled(name) {
  return existsSync(join(BENCH, 'node_modules', name));
}
