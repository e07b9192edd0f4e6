import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A name for a worker that tells which process it lives in: `<place>:<pid>:<start time>:<random>`. The place
 * is the host and, where there is such a thing, the pid namespace: another container has pids of its own.
 */
export function workerIdentity(): string {
  return [place(), process.pid, startOf(process.pid) ?? '', randomUUID()].join(':');
}

/** Whether a worker lived in a process of this place, and that process is gone. */
export function isDeadHere(worker: string): boolean {
  const [where, pid, start, ...rest] = worker.split(':');
  if (where !== place() || !/^\d+$/.test(pid ?? '') || start === undefined || rest.length !== 1) return false;
  if (!isAlive(Number(pid))) return true;
  const now = startOf(Number(pid));
  return start !== '' && now !== undefined && now !== start;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statOf(pid)?.state !== 'Z';
}

function startOf(pid: number): string | undefined {
  return statOf(pid)?.start;
}

/** What Linux tells of a process: its state, a letter, and when it began, in ticks since the machine did. */
function statOf(pid: number): { state: string; start: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program comes before, in parentheses, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    return state === undefined || start === undefined ? undefined : { state, start };
  } catch {
    return undefined;
  }
}

function place(): string {
  const host = hostname().replaceAll(':', '-');
  try {
    return `${host}/${readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')}`;
  } catch {
    return host;
  }
}
