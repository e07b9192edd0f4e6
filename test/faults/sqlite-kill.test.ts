import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, inspect, liveAndDie } from './committing-life.js';
import { SpareProcesses } from './spare-process.js';

/** 16 in the suite, 1,000 in `npm run test:faults`. */
const KILLS = Number(process.env['DETENT_SQLITE_KILLS'] ?? 16);

/** Kills after which the file is read; in between, the next process finds it as the last one left it. */
const KILLS_A_CHECK = 4;

/** Kills of one file, so that reading it all stays cheap. */
const KILLS_A_FILE = 48;

const dir = mkdtempSync(join(tmpdir(), 'detent-sqlite-kill-'));
const spares = new SpareProcesses(join(import.meta.dirname, 'committer.mjs'));
afterAll(() => {
  spares.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('a process that commits to a SQLite file, killed with SIGKILL', () => {
  it(`leaves a sound file with all that was answered, over ${KILLS} kills`, async () => {
    const totals = { kills: 0, answered: 0, unanswered: 0 };
    for (let file = 0; totals.kills < KILLS; file++) {
      const path = join(dir, `${file}.db`);
      const answers: Answer[] = [];
      for (let life = 0; life < KILLS_A_FILE && totals.kills < KILLS; life++) {
        const next = Math.max(0, ...answers.map(({ number }) => number)) + 1_000;
        const work = { url: `sqlite:${path}`, next };
        const commits = 1 + Math.floor(Math.random() * 16);
        answers.push(...(await liveAndDie(spares.take(), work, commits, Math.random() * 5)));
        totals.kills += 1;
        const isLast = life + 1 === KILLS_A_FILE || totals.kills === KILLS;
        if (isLast || totals.kills % KILLS_A_CHECK === 0) {
          const stored = await inspect(path, 'integrity_check');
          const lost = answers.filter(({ what, number }) => !stored[what].has(number));
          expect(lost, `answered and not there after kill ${totals.kills}`).toEqual([]);
          if (isLast) totals.unanswered += stored.sent.size - answered(answers, 'sent').size;
        }
      }
      totals.answered += answered(answers, 'committed').size;
      rmSync(path);
    }
    expect(totals.kills).toBe(KILLS);
    console.log(
      `sqlite-kill: ${KILLS} kills, ${totals.answered} commits answered, ${totals.unanswered} events there unanswered`,
    );
  }, 600_000);
});

function answered(answers: readonly Answer[], what: Answer['what']): Set<number> {
  return new Set(answers.filter((answer) => answer.what === what).map(({ number }) => number));
}
