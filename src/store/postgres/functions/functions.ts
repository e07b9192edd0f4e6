import { APPEND, ARRIVAL } from './append.js';
import { CLAIM } from './claim.js';
import { ADD_JOBS, COMMIT } from './commit.js';
import { CREATE, CREATE_INSTANCES } from './create-instances.js';
import { CLAIM_JOBS, EXTEND_JOBS, JOB_EXPIRY, LANES, RELEASE_JOBS } from './job-claims.js';
import { BACKOFF_MS, END_JOBS, EXPIRE, FINISH_JOBS } from './job-ends.js';
import { EXTEND, RELEASE, UNPARK } from './leases.js';
import { LOAD } from './load.js';
import { LOCK_MAILBOXES, MAKE_MAILBOXES } from './lock-mailboxes.js';
import { MIGRATE } from './migrate.js';
import { NEXT_DUE } from './next-due.js';
import { NOW_MS } from './now-ms.js';
import { PAUSE_INSTANCE, RESUME_INSTANCE } from './pauses.js';
import { CHANGE_JOB, ENQUEUE } from './plain-jobs.js';
import { PUBLISH } from './publish.js';
import { REORDER_JOURNAL } from './reorder-journal.js';
import { SEND } from './send.js';
import {
  DROP_RECEIVERS,
  FORGET_PAYLOADS,
  IS_UNDER_WAY,
  MARK_SWEPT,
  SWEEP_INSTANCES,
  SWEEP_JOBS,
  SWEEP_JOURNALS,
  SWEEP_LETTERS,
  TREE,
} from './sweeps.js';

/**
 * Everything that writes, as functions in the database: each is one round trip and one transaction, and reads
 * what it decides on after it has its locks. Put in place whenever the schema is
 * brought to a new version.
 */
export const FUNCTIONS: readonly string[] = [
  NOW_MS,
  ARRIVAL,
  MAKE_MAILBOXES,
  LOCK_MAILBOXES,
  APPEND,
  CREATE_INSTANCES,
  CREATE,
  PUBLISH,
  SEND,
  CLAIM,
  LOAD,
  ADD_JOBS,
  COMMIT,
  MIGRATE,
  EXTEND,
  RELEASE,
  UNPARK,
  PAUSE_INSTANCE,
  RESUME_INSTANCE,
  JOB_EXPIRY,
  LANES,
  CLAIM_JOBS,
  EXTEND_JOBS,
  RELEASE_JOBS,
  BACKOFF_MS,
  FINISH_JOBS,
  END_JOBS,
  EXPIRE,
  ENQUEUE,
  CHANGE_JOB,
  NEXT_DUE,
  REORDER_JOURNAL,
  MARK_SWEPT,
  FORGET_PAYLOADS,
  DROP_RECEIVERS,
  TREE,
  IS_UNDER_WAY,
  SWEEP_INSTANCES,
  SWEEP_JOURNALS,
  SWEEP_JOBS,
  SWEEP_LETTERS,
];
