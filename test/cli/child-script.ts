import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach } from 'vitest';

const dist = join(import.meta.dirname, '..', '..', 'dist');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'detent-test-'));
  folders.push(folder);
  return folder;
}

/** A folder with these files, removed after the test. */
export function folderWith(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Writes a file into such a folder and answers its path. */
export function writeTemporary(name: string, text: string, folder = temporaryFolder()): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The address of a built module, to be imported by scripts that tests write. */
export function built(module: string): string {
  return pathToFileURL(join(dist, module)).href;
}

/** Asks again until the answer is yes. */
export async function until(yes: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await yes())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${yes}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a process runs: one that has ended may still be listed until its new parent looks. */
export function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (existsSync('/proc/self/stat')) {
    return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
