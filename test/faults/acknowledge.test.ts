import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CLI, childrenOf, freePort, pause } from './dev-process.js';

const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace)
  console.log('skipped: strace is not installed, so the order of fsync and answer is not shown');

const dir = mkdtempSync(join(tmpdir(), 'detent-strace-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(!hasStrace)('the system calls of an acknowledged event, as strace sees them', () => {
  it('sync the write-ahead log between the write of the event and the answer', async () => {
    const log = join(dir, 'strace.log');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const calls = 'trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync';
    const machine = join(import.meta.dirname, 'trip.yaml');
    const dev = [
      CLI,
      'dev',
      machine,
      '--port',
      String(port),
      '--db',
      `sqlite:${join(dir, 's.db')}`,
      '--no-open',
    ];
    // -y names the files and sockets behind descriptors; one process, so that every call is in one order.
    const strace = spawn('strace', [
      '-f',
      '-y',
      '-s',
      '4096',
      '-e',
      calls,
      '-o',
      log,
      process.execPath,
      ...dev,
    ]);
    try {
      for (let i = 0; i < 600 && !(await answers(`${url}/health`)); i++) await pause(50);
      const post = (path: string, body: unknown) =>
        fetch(url + path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        });
      expect((await post('/api/v1/instances', { machine: 'trip', id: 't' })).ok).toBe(true);
      for (let i = 0; i < 5; i++) {
        const response = await post('/api/v1/instances/t/events', {
          type: 'add',
          data: { n: 1 },
          id: `marked-event-${i}`,
        });
        expect(response.ok).toBe(true);
      }
    } finally {
      // strace holds signals back while it traces: its child is the one to ask.
      const ended = new Promise((resolve) => strace.once('exit', resolve));
      for (const child of childrenOf(strace.pid ?? 0)) process.kill(child, 'SIGTERM');
      await ended;
    }
    const lines = readFileSync(log, 'latin1').split('\n');
    for (let i = 0; i < 5; i++) expect(order(lines, `marked-event-${i}`)).toBe('written, synced, answered');
  });
});

/** What happened to an event, in the order in which it did. */
function order(lines: readonly string[], event: string): string {
  const written = lines.findIndex(
    (line) => /p?write(v|64)?\(\d+<[^>]*-wal>/.test(line) && line.includes(event),
  );
  const answered = lines.findIndex(
    (line, i) => i > written && /<(socket|TCP)/.test(line) && line.includes('HTTP/1.1 2'),
  );
  const synced = lines.findIndex((line, i) => i > written && /f(data)?sync\(\d+<[^>]*-wal>.*= 0/.test(line));
  if (written === -1 || answered === -1) return `written at ${written}, answered at ${answered}`;
  return synced !== -1 && synced < answered ? 'written, synced, answered' : 'answered before it was synced';
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
