import type { NewJob } from '../../core/job.js';
import { SNAPSHOT_EVERY } from '../../core/limits.js';
import type { NewMessage } from '../../core/message.js';
import type { ClaimJobsQuery, Commit, FoldedAnswer, FoldedMessage, NewInstance } from '../store.js';
import { bigintColumn, booleanColumn, intColumn, textColumn } from './column.js';
import type { SqlValue } from './database.js';
import { endMembers } from './jobs.js';

/** What a function of the database takes for many rows: one array for each column. */

export function messageColumns(messages: readonly NewMessage[]): SqlValue[] {
  return [
    textColumn(messages.map(({ to }) => to)),
    textColumn(messages.map(({ id }) => id)),
    bigintColumn(messages.map(({ dueAt }) => dueAt ?? null)),
    textColumn(messages.map(({ event }) => event)),
    textColumn(messages.map(({ cause }) => cause ?? '')),
    intColumn(messages.map(({ hops }) => hops ?? 0)),
    textColumn(messages.map(({ hash }) => hash ?? null)),
  ];
}

export function instanceColumns(instances: readonly NewInstance[]): SqlValue[] {
  return [
    textColumn(instances.map(({ id }) => id)),
    textColumn(instances.map(({ machine }) => machine)),
    textColumn(instances.map(({ definition }) => definition)),
    textColumn(instances.map(({ inputHash }) => inputHash)),
    textColumn(instances.map(({ parent }) => parent ?? null)),
    booleanColumn(instances.map(({ detached }) => detached ?? false)),
    textColumn(instances.map(({ start }) => start.id)),
    textColumn(instances.map(({ start }) => start.event)),
    textColumn(instances.map(({ start }) => start.cause ?? '')),
    intColumn(instances.map(({ start }) => start.hops ?? 0)),
    textColumn(instances.map(({ start }) => start.hash ?? null)),
  ];
}

function jobColumns(jobs: readonly NewJob[]): SqlValue[] {
  return [
    textColumn(jobs.map(({ instance }) => instance)),
    textColumn(jobs.map(({ id }) => id)),
    textColumn(jobs.map(({ effect }) => effect)),
    textColumn(jobs.map(({ queue }) => queue)),
    textColumn(jobs.map(({ name }) => name)),
    intColumn(jobs.map(({ priority }) => priority)),
    textColumn(jobs.map(({ input }) => input)),
    booleanColumn(jobs.map(({ ask }) => ask)),
    bigintColumn(jobs.map(({ deadlineAt }) => deadlineAt)),
    bigintColumn(jobs.map(({ heartbeatMs }) => heartbeatMs ?? null)),
  ];
}

/** What the journal says of events, and of which commit each is. */
function eventColumns(of: readonly number[], events: readonly (FoldedMessage | FoldedAnswer)[]): SqlValue[] {
  return [
    intColumn(of),
    bigintColumn(events.map(({ revision }) => revision)),
    bigintColumn(events.map(({ at }) => at)),
    textColumn(events.map(({ outcome }) => (outcome.kind === 'applied' ? null : JSON.stringify(outcome)))),
    textColumn(events.map(({ history }) => history)),
    textColumn(events.map(({ code }) => code)),
  ];
}

function answerColumns(of: readonly number[], answers: readonly FoldedAnswer[]): SqlValue[] {
  return [
    ...eventColumns(of, answers),
    textColumn(answers.map(({ id }) => id)),
    textColumn(answers.map(({ token }) => token)),
    booleanColumn(answers.map(({ end }) => end.status === 'completed')),
    textColumn(answers.map(({ end }) => endMembers(end))),
    textColumn(answers.map(({ event }) => event)),
    textColumn(answers.map(({ seed }) => seed)),
  ];
}

export function commitColumns(commits: readonly Commit[], take: ClaimJobsQuery | undefined): SqlValue[] {
  const numbers = (pick: (commit: Commit) => readonly unknown[]) =>
    commits.flatMap((commit, index) => pick(commit).map(() => index + 1));
  const ownedBy = (pick: (commit: Commit) => readonly string[]) =>
    commits.flatMap((commit) => pick(commit).map((id) => [commit.lease.instance, id] as const));
  const folded = commits.flatMap((commit) => commit.folded);
  const timers = commits.flatMap((commit) => commit.timers);
  const letters = commits.flatMap((commit) => commit.messages);
  const spawns = commits.flatMap((commit) => commit.spawns);
  const cancelledTimers = ownedBy((commit) => commit.cancelledTimers);
  const cancelledJobs = ownedBy((commit) => commit.cancelledJobs);
  const answers = commits.flatMap((commit) => commit.answers);
  return [
    commits.some(passesSnapshot),
    textColumn([...letters.map(({ to }) => to), ...spawns.map(({ id }) => id)]),
    textColumn(commits.map(({ lease }) => lease.instance)),
    textColumn(commits.map(({ lease }) => lease.token ?? null)),
    bigintColumn(commits.map(({ baseRevision }) => baseRevision)),
    bigintColumn(commits.map(({ revision }) => revision)),
    textColumn(commits.map(({ status }) => status)),
    textColumn(commits.map(({ state }) => state ?? null)),
    bigintColumn(commits.map(({ updatedAt }) => updatedAt)),
    ...eventColumns(
      numbers((commit) => commit.folded),
      folded,
    ),
    bigintColumn(folded.map(({ seq }) => seq)),
    ...answerColumns(
      numbers((commit) => commit.answers),
      answers,
    ),
    booleanColumn([...timers.map(() => true), ...letters.map(() => false)]),
    ...messageColumns([...timers, ...letters]),
    textColumn(cancelledTimers.map(([instance]) => instance)),
    textColumn(cancelledTimers.map(([, id]) => id)),
    ...jobColumns(commits.flatMap(({ jobs }) => jobs)),
    textColumn(cancelledJobs.map(([instance]) => instance)),
    textColumn(cancelledJobs.map(([, id]) => id)),
    ...instanceColumns(spawns),
    ...takeColumns(take),
  ];
}

function passesSnapshot({ baseRevision, revision }: Commit): boolean {
  return Math.floor(revision / SNAPSHOT_EVERY) > Math.floor(baseRevision / SNAPSHOT_EVERY);
}

function takeColumns(take: ClaimJobsQuery | undefined): SqlValue[] {
  if (take === undefined || take.limit <= 0) return [null, null, null, null, null];
  return [take.worker, take.limit, take.leaseMs, take.names ?? null, take.queues ?? null];
}

/** What a correct caller never does: a revision left out, or without what was folded. */
export function faultOf(commits: readonly Commit[]): string | undefined {
  for (const { lease, baseRevision, revision, folded, answers } of commits) {
    const revisions = [...folded, ...answers].map(({ revision }) => revision).sort((a, b) => a - b);
    for (const [index, own] of revisions.entries()) {
      if (own !== baseRevision + index + 1) return `${lease.instance}: revision ${own} is out of order`;
    }
    if (revision !== baseRevision + revisions.length) {
      return `${lease.instance}: revision ${revision} has no journal entry`;
    }
  }
  return undefined;
}
