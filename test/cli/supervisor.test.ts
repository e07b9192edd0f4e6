import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Supervisor, type SupervisorOptions } from '../../src/cli/supervisor/supervisor.js';
import { built, isAlive, until, writeTemporary } from './child-script.js';

const JOIN = `
import { joinSupervisor } from ${JSON.stringify(built('cli/supervisor/supervised.js'))};
const self = await joinSupervisor(process.env);
const { start, keep } = self.birth;
`;

/** A supervisor of a process whose code is given; what it said is gathered. */
function supervise(code: string, options: Partial<SupervisorOptions> = {}) {
  const seen = { said: [] as string[], stdout: '', stderr: '' };
  const supervisor = new Supervisor({
    script: writeTemporary('child.mjs', JOIN + code),
    args: [],
    say: (sentence) => seen.said.push(sentence),
    stdout: (text) => {
      seen.stdout += text;
    },
    stderr: (text) => {
      seen.stderr += text;
    },
    ...options,
  });
  return { supervisor, seen };
}

const UNTIL_STOPPED = `
self.ready('kept');
self.stopped.then(() => { console.log('drained'); process.exit(0); });
setInterval(() => {}, 1000);
`;

describe('a supervisor', () => {
  it('relays output, and lets the process drain when it is stopped', async () => {
    const { supervisor, seen } = supervise(`console.log('out'); console.error('err');${UNTIL_STOPPED}`);
    const code = supervisor.run();
    await until(() => seen.stdout.includes('out') && seen.stderr.includes('err'));
    supervisor.stop();
    expect(await code).toBe(0);
    expect(seen).toEqual({ said: [], stdout: 'out\ndrained\n', stderr: 'err\n' });
  });

  it('ends a process that hangs, names what it did, and starts it again with what it kept', async () => {
    const code = `
      if (start > 1) console.log('again', start, keep);
      else { self.ready('port 1'); self.note('stepping order-7'); for (;;); }
      ${UNTIL_STOPPED}`;
    const { supervisor, seen } = supervise(code, { stallMs: 1_000 });
    const ended = supervisor.run();
    await until(() => seen.stdout.includes('again'));
    supervisor.stop();
    expect(await ended).toBe(0);
    expect(seen.stdout).toContain('again 2 port 1');
    expect(seen.said).toEqual(['the worker hung while stepping order-7; restarting it (attempt 2)']);
  });

  it('has more patience with a process that has noted nothing, which waits for a disk perhaps', async () => {
    const code = `
      const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      self.note('stepping order-7');
      self.note('');
      wait(start === 1 ? 1_500 : 0);
      console.log('survived', start);
      if (start === 1) for (;;);
      ${UNTIL_STOPPED}`;
    const { supervisor, seen } = supervise(code, { stallMs: 600, quietStallMs: 3_000 });
    const ended = supervisor.run();
    await until(() => seen.said.length > 0);
    supervisor.stop();
    await ended;
    expect(seen.stdout).toBe('survived 1\n');
    expect(seen.said).toEqual(['the worker hung; restarting it (attempt 2)']);
  });

  it('says in one sentence that memory ran out, and keeps the dump to itself', async () => {
    const code = `
      if (start === 1) {
        console.error('before');
        self.note('stepping order-8');
        const hoard = [];
        for (;;) hoard.push(new Array(1000).fill(hoard.length));
      }
      ${UNTIL_STOPPED}`;
    const { supervisor, seen } = supervise(code, { heapMb: 64 });
    const ended = supervisor.run();
    await until(() => seen.said.length > 0);
    supervisor.stop();
    await ended;
    expect(seen.said).toEqual([
      'the worker ran out of memory while stepping order-8; restarting it (attempt 2)',
    ]);
    expect(seen.stderr).toBe('before\n');
  });

  it('restarts what dies, ever more slowly', async () => {
    const { supervisor, seen } = supervise(`process.exit(start === 1 ? 3 : 4);`);
    const ended = supervisor.run();
    await until(() => seen.said.length === 3);
    supervisor.stop();
    expect(await ended).toBe(0);
    expect(seen.said).toEqual([
      'the worker ended (exit code 3); restarting it (attempt 2)',
      'the worker ended (exit code 4); restarting it (attempt 3)',
      'the worker ended (exit code 4); restarting it (attempt 4)',
    ]);
  });

  it('gives up on what refuses its work', async () => {
    const { supervisor, seen } = supervise(`self.refused(); process.exitCode = 1; process.disconnect();`);
    expect(await supervisor.run()).toBe(1);
    expect(seen.said).toEqual([]);
  });

  it('gives up on code that never ends loading', async () => {
    const { supervisor, seen } = supervise(`self.note('loading loop.mjs'); for (;;);`, { stallMs: 1_000 });
    expect(await supervisor.run()).toBe(1);
    expect(seen.said).toEqual(['the worker hung while loading loop.mjs']);
  });

  it('kills what does not end when it is asked twice', async () => {
    const { supervisor, seen } = supervise(`self.ready(''); console.log('up'); setInterval(() => {}, 1000);`);
    const ended = supervisor.run();
    await until(() => seen.stdout.includes('up'));
    supervisor.stop();
    supervisor.stop();
    expect(await ended).toBe(0);
  });

  it('does not outlive its supervisor by a second, even in a loop, even after SIGKILL', async () => {
    const child = writeTemporary(
      'child.mjs',
      `${JOIN} console.log('pid', process.pid); self.ready(''); for (;;);`,
    );
    const parent = writeTemporary(
      'parent.mjs',
      `import { Supervisor } from ${JSON.stringify(built('cli/supervisor/supervisor.js'))};
       const print = (text) => process.stdout.write(text);
       new Supervisor({ script: ${JSON.stringify(child)}, args: [], stdout: print, stderr: print, say: print }).run();`,
    );
    const supervisor = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    supervisor.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    await until(() => /pid \d+/.test(output));
    const pid = Number(/pid (\d+)/.exec(output)?.[1]);
    expect(isAlive(pid)).toBe(true);
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    await until(() => !isAlive(pid), 1_000);
  });
});
