import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalDumpFilter } from './fatal-dump.js';
import { readNoteFile } from './note-file.js';
import { BEAT_MS, type Birth, LOADING, type Order, type Report, SUPERVISED } from './protocol.js';

/** Silence of a process after which it counts as hung and is killed, in milliseconds. */
const STALL_MS = 2_000;

/**
 * The same for a process that has nothing noted: it is not in anybody's code, so what is slow is most likely
 * the disk, and killing it would cure nothing.
 */
const QUIET_STALL_MS = 30_000;

/** How long a process may take to its first sign of life, in milliseconds. */
const START_MS = 30_000;

/** The old space of the process's heap, in MiB: what a runaway guard can take before it is ended. */
const HEAP_MB = 1_024;

/** The pause before the first restart, doubled at each until MAX_PAUSE_MS. */
const PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/** A process that worked for so long has got over what killed the one before. */
const HEALTHY_MS = 10_000;

/** How long a process may take to end once it was asked to, unless it is told otherwise. */
const STOP_MS = 5_000;

/** How long output is waited for that a dead process left in its pipes. */
const REST_MS = 500;

export interface SupervisorOptions {
  /** The script to run, with its arguments. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Called with one sentence whenever a process is lost. */
  readonly say: (sentence: string) => void;
  readonly stallMs?: number;
  readonly quietStallMs?: number;
  readonly heapMb?: number;
  /** How long the process may take to end once it was asked to. */
  readonly stopMs?: number;
}

/** How a process came to its end. */
interface Death {
  readonly sentence: string;
  /** What joins the last note to the sentence: only some deaths are surely of what was noted. */
  readonly joint: 'while' | 'after';
  readonly code: number | null;
  readonly refused: boolean;
  readonly workedMs: number;
}

/**
 * The parent that keeps a working process alive. It does nothing itself but watch: a process that is silent,
 * out of memory or dead is replaced after a pause that grows while nothing gets better, and one sentence says
 * what it was doing. What happens to that work is the store's affair (rule 8).
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'detent-'));
  readonly #noteFile = join(this.#folder, 'note');
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #keep: string | undefined;
  #starts = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Resolves with an exit code: 0 when it was stopped, another when starting again would not help. */
  async run(): Promise<number> {
    try {
      let attempt = 1;
      while (true) {
        const death = await this.#live();
        if (this.#stopping.signal.aborted) return 0;
        if (death.refused && this.#keep === undefined) return death.code || 1;
        const note = readNoteFile(this.#noteFile);
        const sentence = note === undefined ? death.sentence : `${death.sentence} ${death.joint} ${note}`;
        if (note?.startsWith(LOADING) && this.#keep === undefined) {
          this.#options.say(sentence);
          return 1;
        }
        attempt = death.workedMs >= HEALTHY_MS ? 2 : attempt + 1;
        this.#options.say(`${sentence}; restarting it (attempt ${attempt})`);
        await this.#pause(Math.min(PAUSE_MS * 2 ** (attempt - 2), MAX_PAUSE_MS));
        if (this.#stopping.signal.aborted) return 0;
      }
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  /** Asks the process to end, and kills it if it does not within `stopMs`, or if it is asked again. */
  stop(): void {
    const child = this.#child;
    if (this.#stopping.signal.aborted) {
      child?.kill('SIGKILL');
      return;
    }
    this.#stopping.abort();
    if (child === undefined) return;
    const order: Order = { type: 'stop' };
    if (child.connected) child.send(order, () => {});
    setTimeout(() => child.kill('SIGKILL'), this.#options.stopMs ?? STOP_MS).unref();
  }

  /** One process, from its start to its end. */
  async #live(): Promise<Death> {
    const child = this.#fork();
    this.#child = child;
    const dump = this.#relay(child);
    const { stallMs = STALL_MS, quietStallMs = QUIET_STALL_MS } = this.#options;
    let silentMs = stallMs - START_MS;
    let readyAt: number | undefined;
    let refused = false;
    let stalled = false;
    child.on('message', (report: Report) => {
      silentMs = 0;
      if (report.type === 'refused') refused = true;
      if (report.type === 'ready') {
        readyAt = performance.now();
        this.#keep = report.keep;
      }
    });
    // Silence is counted in our own ticks, not by the clock: when the whole machine slept, nobody hung.
    const watch = setInterval(() => {
      silentMs += BEAT_MS;
      if (silentMs <= stallMs || stalled) return;
      if (silentMs <= quietStallMs && readNoteFile(this.#noteFile) === undefined) return;
      stalled = true;
      child.kill('SIGKILL');
    }, BEAT_MS);
    const [code, signal] = await ended(child);
    clearInterval(watch);
    this.#child = undefined;
    const how = dump.outOfMemory ? 'ran out of memory' : `ended (${signal ?? `exit code ${code}`})`;
    return {
      sentence: `the worker ${stalled ? 'hung' : how}`,
      joint: stalled || dump.outOfMemory ? 'while' : 'after',
      code,
      refused,
      workedMs: readyAt === undefined ? 0 : performance.now() - readyAt,
    };
  }

  #fork(): ChildProcess {
    const { script, args, env = process.env, heapMb = HEAP_MB } = this.#options;
    rmSync(this.#noteFile, { force: true });
    this.#starts += 1;
    const keep = this.#keep === undefined ? {} : { keep: this.#keep };
    const birth: Birth = { parent: process.pid, noteFile: this.#noteFile, start: this.#starts, ...keep };
    return fork(script, args, {
      env: { ...env, [SUPERVISED]: JSON.stringify(birth) },
      execArgv: [...process.execArgv, `--max-old-space-size=${heapMb}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
  }

  #relay(child: ChildProcess): FatalDumpFilter {
    const dump = new FatalDumpFilter();
    const { stdout, stderr } = this.#options;
    child.stdout?.setEncoding('utf8').on('data', stdout);
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (chunk: string) => stderr(dump.push(chunk)))
      .on('end', () => stderr(dump.end()));
    return dump;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

type End = [code: number | null, signal: NodeJS.Signals | null];

/** Resolves when a process has ended and its output was read; programs that it left behind may hold the pipes. */
async function ended(child: ChildProcess): Promise<End> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = await new Promise<End>((resolve, reject) => {
    child.once('exit', (code, signal) => resolve([code, signal]));
    child.once('error', reject);
  });
  await Promise.race([closed, sleep(REST_MS)]);
  return end;
}
