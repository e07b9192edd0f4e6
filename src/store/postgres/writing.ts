import type { NewJob } from '../../core/job.js';
import type { NewMessage } from '../../core/message.js';
import type { ClaimJobsQuery, Commit, FoldedAnswer, FoldedMessage, NewInstance } from '../store.js';
import type { SqlValue } from './database.js';
import { endMembers } from './jobs.js';

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

type Of<T> = T & { readonly of: number };

/** What the journal says of an event, and of which commit it is. */
function eventColumns(events: readonly Of<FoldedMessage | FoldedAnswer>[]): SqlValue[] {
  return [
    events.map(({ of }) => of),
    events.map(({ revision }) => revision),
    events.map(({ at }) => at),
    events.map(({ outcome }) => (outcome.kind === 'applied' ? null : JSON.stringify(outcome))),
    events.map(({ history }) => history),
    events.map(({ code }) => code),
  ];
}

function answerColumns(answers: readonly Of<FoldedAnswer>[]): SqlValue[] {
  return [
    ...eventColumns(answers),
    answers.map(({ id }) => id),
    answers.map(({ token }) => token),
    answers.map(({ end }) => end.status === 'completed'),
    answers.map(({ end }) => endMembers(end)),
    answers.map(({ event }) => event),
    answers.map(({ seed }) => seed),
  ];
}

export function commitColumns(commits: readonly Commit[], take: ClaimJobsQuery | undefined): SqlValue[] {
  const ofEach = <T>(pick: (commit: Commit) => readonly T[]) =>
    commits.flatMap((commit, index) => pick(commit).map((one): Of<T> => ({ ...one, of: index + 1 })));
  const ownedBy = (pick: (commit: Commit) => readonly string[]) =>
    commits.flatMap((commit) => pick(commit).map((id) => [commit.lease.instance, id] as const));
  const folded = ofEach(({ folded }) => folded);
  const timers = commits.flatMap((commit) => commit.timers);
  const letters = commits.flatMap((commit) => commit.messages);
  const spawns = commits.flatMap((commit) => commit.spawns);
  const cancelledTimers = ownedBy((commit) => commit.cancelledTimers);
  const cancelledJobs = ownedBy((commit) => commit.cancelledJobs);
  return [
    [...letters.map(({ to }) => to), ...spawns.map(({ id }) => id)],
    commits.map(({ lease }) => lease.instance),
    commits.map(({ lease }) => lease.token ?? null),
    commits.map(({ baseRevision }) => baseRevision),
    commits.map(({ revision }) => revision),
    commits.map(({ status }) => status),
    commits.map(({ state }) => state ?? null),
    commits.map(({ updatedAt }) => updatedAt),
    ...eventColumns(folded),
    folded.map(({ seq }) => seq),
    ...answerColumns(ofEach(({ answers }) => answers)),
    [...timers.map(() => true), ...letters.map(() => false)],
    ...messageColumns([...timers, ...letters]),
    cancelledTimers.map(([instance]) => instance),
    cancelledTimers.map(([, id]) => id),
    ...jobColumns(commits.flatMap(({ jobs }) => jobs)),
    cancelledJobs.map(([instance]) => instance),
    cancelledJobs.map(([, id]) => id),
    ...instanceColumns(spawns),
    ...takeColumns(take),
  ];
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
