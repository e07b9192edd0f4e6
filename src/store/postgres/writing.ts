import type { NewJob } from '../../core/job.js';
import type { NewMessage } from '../../core/message.js';
import type { Commit, NewInstance } from '../store.js';
import type { SqlValue } from './database.js';

/** What a function of the database takes for many rows: one array for each column. */

export function messageColumns(messages: readonly NewMessage[]): SqlValue[] {
  return [
    messages.map(({ to }) => to),
    messages.map(({ id }) => id),
    messages.map(({ dueAt }) => dueAt ?? null),
    messages.map(({ event }) => event),
    messages.map(({ cause }) => cause ?? ''),
    messages.map(({ hops }) => hops ?? 0),
    messages.map(({ hash }) => hash ?? null),
  ];
}

export function instanceColumns(instances: readonly NewInstance[]): SqlValue[] {
  return [
    instances.map(({ id }) => id),
    instances.map(({ machine }) => machine),
    instances.map(({ definition }) => definition),
    instances.map(({ inputHash }) => inputHash),
    instances.map(({ parent }) => parent ?? null),
    instances.map(({ detached }) => detached ?? false),
    instances.map(({ start }) => start.id),
    instances.map(({ start }) => start.event),
    instances.map(({ start }) => start.cause ?? ''),
    instances.map(({ start }) => start.hops ?? 0),
    instances.map(({ start }) => start.hash ?? null),
  ];
}

function jobColumns(jobs: readonly NewJob[]): SqlValue[] {
  return [
    jobs.map(({ instance }) => instance),
    jobs.map(({ id }) => id),
    jobs.map(({ effect }) => effect),
    jobs.map(({ queue }) => queue),
    jobs.map(({ name }) => name),
    jobs.map(({ priority }) => priority),
    jobs.map(({ input }) => input),
    jobs.map(({ ask }) => ask),
    jobs.map(({ deadlineAt }) => deadlineAt),
    jobs.map(({ heartbeatMs }) => heartbeatMs ?? null),
  ];
}

export function commitColumns(commits: readonly Commit[]): SqlValue[] {
  const folded = commits.flatMap(({ folded }, index) => folded.map((one) => ({ ...one, of: index + 1 })));
  const timers = commits.flatMap((commit) => commit.timers);
  const letters = commits.flatMap((commit) => commit.messages);
  const ownedBy = (pick: (commit: Commit) => readonly string[]) =>
    commits.flatMap((commit) => pick(commit).map((id) => [commit.lease.instance, id] as const));
  const cancelledTimers = ownedBy((commit) => commit.cancelledTimers);
  const cancelledJobs = ownedBy((commit) => commit.cancelledJobs);
  return [
    commits.map(({ lease }) => lease.instance),
    commits.map(({ lease }) => lease.token),
    commits.map(({ baseRevision }) => baseRevision),
    commits.map(({ revision }) => revision),
    commits.map(({ status }) => status),
    commits.map(({ state }) => state ?? null),
    commits.map(({ updatedAt }) => updatedAt),
    folded.map(({ of }) => of),
    folded.map(({ seq }) => seq),
    folded.map(({ revision }) => revision),
    folded.map(({ at }) => at),
    folded.map(({ outcome }) => (outcome.kind === 'applied' ? null : JSON.stringify(outcome))),
    folded.map(({ history }) => history),
    folded.map(({ code }) => code),
    [...timers.map(() => true), ...letters.map(() => false)],
    ...messageColumns([...timers, ...letters]),
    cancelledTimers.map(([instance]) => instance),
    cancelledTimers.map(([, id]) => id),
    ...jobColumns(commits.flatMap(({ jobs }) => jobs)),
    cancelledJobs.map(([instance]) => instance),
    cancelledJobs.map(([, id]) => id),
    ...instanceColumns(commits.flatMap(({ spawns }) => spawns)),
  ];
}

/** What a correct caller never does: a revision left out, or without what was folded. */
export function faultOf(commits: readonly Commit[]): string | undefined {
  for (const { lease, baseRevision, revision, folded } of commits) {
    for (const [index, { revision: own }] of folded.entries()) {
      if (own !== baseRevision + index + 1) return `${lease.instance}: revision ${own} is out of order`;
    }
    if (revision !== baseRevision + folded.length) {
      return `${lease.instance}: revision ${revision} has no journal entry`;
    }
  }
  return undefined;
}
