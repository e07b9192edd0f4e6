import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { openNoteFile } from './note-file.js';
import { BEAT_MS, type Birth, type Order, type Report, SUPERVISED } from './protocol.js';

/** A process that a supervisor started, seen from inside. */
export interface Supervised {
  readonly birth: Birth;
  /** Says what is about to happen, so that the supervisor can tell what it was if it never ends. */
  note(text: string): void;
  /** Says that the work has begun; `keep` is handed to the next process. */
  ready(keep: string): void;
  /** Says that starting again would not help. */
  refused(): void;
  /** Resolves when the supervisor, or SIGTERM, asks this process to end. */
  readonly stopped: Promise<void>;
}

/**
 * Takes up life under a supervisor, if this process has one: begins to beat, and watches for the supervisor's
 * death. Undefined in any other process.
 */
export async function joinSupervisor(env: NodeJS.ProcessEnv): Promise<Supervised | undefined> {
  const text = env[SUPERVISED];
  if (text === undefined) return undefined;
  // Programs that handlers start are not supervised.
  delete env[SUPERVISED];
  const birth = JSON.parse(text) as Birth;
  const { parent } = birth;
  const watch = new Worker(new URL('./orphan-watch.js', import.meta.url), { workerData: { parent } });
  await once(watch, 'online');
  watch.unref();
  report({ type: 'beat' });
  setInterval(() => report({ type: 'beat' }), BEAT_MS).unref();
  // Ctrl-C reaches the whole process group; the supervisor decides what it means.
  process.on('SIGINT', () => {});
  return {
    birth,
    note: openNoteFile(birth.noteFile),
    ready: (keep) => report({ type: 'ready', keep }),
    refused: () => report({ type: 'refused' }),
    stopped: new Promise<void>((resolve) => {
      process.once('SIGTERM', () => resolve());
      process.on('message', (order: Order) => {
        if (order.type === 'stop') resolve();
      });
    }),
  };
}

function report(report: Report): void {
  if (process.connected) process.send?.(report, undefined, undefined, () => {});
}
