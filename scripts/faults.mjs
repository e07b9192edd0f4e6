// Runs the fault tests with the figures that are promised; any of them can be set in the environment instead.

import { spawnSync } from 'node:child_process';

const FIGURES = {
  // Kills of `dev`, its parent, or both, under clients of its HTTP API.
  DETENT_KILLS: '30',
  // Kills of four workers on PostgreSQL, and the instances that they work on.
  DETENT_FLEET_KILLS: '200',
  DETENT_FLEET_INSTANCES: '10000',
  // Timers due in one second, across a restart.
  DETENT_TIMERS: '100000',
  // Restarts of PostgreSQL, and connections cut just after their commit.
  DETENT_PG_RESTARTS: '20',
  DETENT_PG_CUTS: '300',
  // Workers stopped past their lease.
  DETENT_STOPS: '100',
  // Kills in SQLite's commit loop, and places where its log is torn.
  DETENT_SQLITE_KILLS: '1000',
  DETENT_TEARS: '300',
  // Histories checked for linearizability, and the longer list of bad payloads and guards.
  DETENT_LINEAR_ROUNDS: '6',
  DETENT_POISON: '1',
};

// By itself, so that how long a takeover takes tells something of us, and not of what runs beside it.
const ALONE = 'test/faults/postgres.test.ts';

const asked = process.argv.slice(2);
const turns = asked.length > 0 ? [asked] : [[ALONE], ['test/faults', '--exclude', ALONE]];
const statuses = turns.map((named, turn) => {
  const env = { ...FIGURES, ...process.env };
  const report = env.DETENT_TEST_REPORT;
  if (report !== undefined) env.DETENT_TEST_REPORT = report.replace(/(\.json)?$/, `-${turn + 1}.json`);
  return spawnSync('npx', ['vitest', 'run', ...named], { stdio: 'inherit', env }).status ?? 1;
});
process.exit(Math.max(...statuses));
