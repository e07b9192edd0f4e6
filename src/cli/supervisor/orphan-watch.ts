import { workerData } from 'node:worker_threads';

/** How often a supervised process looks whether its parent still lives, in milliseconds. */
const LOOK_MS = 250;

/**
 * A thread of a supervised process. When the parent dies, by SIGKILL too, nobody tells the child; and its main
 * thread may be in a loop that never ends. So this thread looks, and takes the whole process down.
 */
const { parent } = workerData as { readonly parent: number };

function look(): void {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}

look();
setInterval(look, LOOK_MS);
