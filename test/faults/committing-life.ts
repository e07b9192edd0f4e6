import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { connect } from '../../src/store/sqlite/connect.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { pause } from './dev-process.js';

/** What a committer was answered: the number of an event, and the length of the write-ahead log at the time. */
export interface Answer {
  readonly what: 'sent' | 'committed';
  readonly number: number;
  readonly logBytes: number;
}

/** Lets a committer work until it was answered so many commits and a moment more, and kills it. */
export async function liveAndDie(
  child: ChildProcess,
  work: { readonly url: string; readonly next: number },
  commits: number,
  moreMs: number,
): Promise<readonly Answer[]> {
  let text = '';
  let enough = () => {};
  const working = new Promise<void>((resolve) => {
    enough = resolve;
  });
  child.stdout?.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    if ((text.match(/committed/g)?.length ?? 0) >= commits) enough();
  });
  const closed = once(child, 'close');
  child.send(work);
  await Promise.race([working, closed]);
  await pause(moreMs);
  child.kill('SIGKILL');
  const [code, signal] = await closed;
  expect([code, signal], 'how it ended').toEqual([null, 'SIGKILL']);
  const answers = text.split('\n').slice(0, -1).map(answerOf);
  expect(answers.filter(({ what }) => what === 'committed').length).toBeGreaterThanOrEqual(commits);
  return answers;
}

function answerOf(line: string): Answer {
  const [what, number, logBytes] = line.split(' ');
  if (what !== 'sent' && what !== 'committed') throw new Error(`the committer said ${line}`);
  return { what, number: Number(number), logBytes: Number(logBytes) };
}

/** The numbers of the events that a file holds. */
export interface Stored {
  /** Waiting or applied. */
  readonly sent: ReadonlySet<number>;
  /** In a journal. */
  readonly committed: ReadonlySet<number>;
}

/** Opens a file as any process would, and reads it all; every commit must be there whole. */
export async function inspect(path: string, check: 'integrity_check' | 'quick_check'): Promise<Stored> {
  const store = await openSqliteStore({ path });
  const sent = new Set<number>();
  const committed = new Set<number>();
  try {
    const { items } = await store.find({ limit: 1_000 });
    for (const { instance } of items) {
      const numbers = await journaled(store, instance.id, instance.revision);
      for (const number of numbers) {
        expect(committed.has(number), `n${number} applied twice`).toBe(false);
        committed.add(number);
      }
      for (const { id } of await store.messages(instance.id))
        if (id !== 'start') sent.add(Number(id.slice(1)));
    }
  } finally {
    await store.close();
  }
  for (const number of committed) {
    expect(sent.has(number), `n${number} applied and waiting`).toBe(false);
    sent.add(number);
  }
  const connection = connect(path);
  expect(connection.prepare(`PRAGMA ${check}`).all([])).toEqual([['ok']]);
  connection.close();
  return { sent, committed };
}

/** The events of an instance's journal, which has every revision, each with the job that it asked for. */
async function journaled(store: Store, id: string, revision: number): Promise<number[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.journal(id, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    ids.push(...page.items.map(({ eventId }) => eventId));
    after = page.next;
    if (after === undefined) break;
  }
  expect(ids.length, `${id}: revisions`).toBe(revision);
  let jobs = 0;
  for (let after: string | undefined; ; ) {
    const page = await store.jobs({ instance: id, limit: 1_000, ...(after === undefined ? {} : { after }) });
    jobs += page.items.length;
    after = page.next;
    if (after === undefined) break;
  }
  expect(jobs, `${id}: jobs`).toBe(revision);
  return ids.filter((eventId) => eventId !== 'start').map((eventId) => Number(eventId.slice(1)));
}
