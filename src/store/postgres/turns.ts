import type { NewJob } from '../../core/job.js';
import type * as port from '../store.js';
import type { Database } from './database.js';
import { COMMIT, MIGRATE } from './sql/calls.js';
import { commitColumns, faultOf } from './writing.js';

interface Waiting {
  readonly commit: port.Commit;
  readonly place: number;
}

/**
 * Writes turns, those of one call in one transaction; where some are conflicts nothing is written, and the others
 * are tried again without them. Several of one instance go one after the other. Answers also what to tell others.
 */
export async function commit(
  database: Database,
  commits: readonly port.Commit[],
  take: port.ClaimJobsQuery | undefined,
  time: () => number | null,
): Promise<port.Committed & { readonly hint: port.Hint }> {
  const results: port.CommitResult[] = commits.map(() => 'conflict');
  const jobs: port.ClaimedJob[] = [];
  const hint = { mail: false, jobs: false };
  let waiting: readonly Waiting[] = commits.map((commit, place) => ({ commit, place }));
  while (waiting.length > 0) {
    const batch = firstOfEach(waiting);
    const rest = waiting.filter((one) => !batch.includes(one));
    const written = batch.map(({ commit }) => commit);
    const left = take && { ...take, limit: take.limit - jobs.length };
    const { held, taken, hasMail, hasLimits } = await write(database, written, left, time());
    if (held !== null) {
      waiting = [...batch.filter((_, index) => held[index] === true), ...rest];
      continue;
    }
    for (const { place } of batch) results[place] = 'committed';
    jobs.push(...taken);
    const count = (of: (commit: port.Commit) => readonly unknown[]) => written.flatMap(of).length;
    hint.mail ||= hasMail || count(({ messages, spawns }) => [...messages, ...spawns]) > 0;
    hint.jobs ||= taken.length < count(({ jobs }) => jobs) || count(({ cancelledJobs }) => cancelledJobs) > 0;
    hint.jobs ||= hasLimits && count(({ answers }) => answers) > 0;
    waiting = rest;
  }
  return { results, jobs, hint };
}

/** As Store.migrate has it: one transaction, which whatever holds the instance comes too late for. */
export async function migrateInstance(
  database: Database,
  { from, definition, entry, commit }: port.Migration,
  now: number | null,
): Promise<port.CommitResult> {
  const { lease, baseRevision, messages, spawns } = commit;
  const { instance } = lease;
  const { eventId, at, seed, event, outcome, history, code } = entry;
  const special = outcome.kind === 'applied' ? null : JSON.stringify(outcome);
  return database.transaction(async (run) => {
    const others = [...messages.map(({ to }) => to), ...spawns.map(({ id }) => id)];
    const before = [baseRevision, from.status, from.definition];
    const told = [eventId, at, seed, event, special, history, code];
    const [row] = await run(MIGRATE, others, instance, ...before, definition, ...told);
    const token = row?.[0] as string | null;
    if (token === null) return 'conflict';
    await run(COMMIT, now, null, ...commitColumns([{ ...commit, lease: { instance, token } }], undefined));
    return 'committed';
  });
}

/** The first of each instance: what one transaction can write. */
function firstOfEach(waiting: readonly Waiting[]): readonly Waiting[] {
  const seen = new Set<string>();
  return waiting.filter(({ commit: { lease } }) => {
    const isFirst = !seen.has(lease.instance);
    seen.add(lease.instance);
    return isFirst;
  });
}

async function write(
  database: Database,
  commits: readonly port.Commit[],
  take: port.ClaimJobsQuery | undefined,
  now: number | null,
) {
  const fault = faultOf(commits) ?? null;
  const [row] = await database.rows(COMMIT, now, fault, ...commitColumns(commits, take));
  const [held, places, at, token, hasMail, hasLimits] = row as [
    boolean[] | null,
    number[] | null,
    number,
    string | null,
    boolean | null,
    boolean,
  ];
  const made = commits.flatMap(({ jobs }) => jobs);
  const taken = (places ?? []).map((place) => takenJob(made[place - 1] as NewJob, at, token as string));
  return { held, taken, hasMail: hasMail === true, hasLimits };
}

/** A job as the database has made it, in the hands of whoever asked for it. */
function takenJob(job: NewJob, at: number, token: string): port.ClaimedJob {
  return { ...job, status: 'processing', attempts: 1, createdAt: at, dueAt: at, startedAt: at, token };
}
