// Ends a server of the tests, and removes its folder, once the run that it was started for is gone: a run that
// is killed cannot do it itself.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [, , run, folder] = process.argv;

setInterval(() => {
  if (!existsSync(folder)) process.exit();
  if (isAlive(Number(run))) return;
  try {
    process.kill(
      Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]),
      'SIGQUIT',
    );
  } catch {
    // It has ended already.
  }
  rmSync(folder, { recursive: true, force: true });
}, 500);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
