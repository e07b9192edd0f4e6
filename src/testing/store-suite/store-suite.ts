import { agreementCases } from './agreement-cases.js';
import { answerCases } from './answer-cases.js';
import { attemptCases } from './attempt-cases.js';
import { awaitingCases } from './awaiting-cases.js';
import { changeCases } from './change-cases.js';
import { claimCases } from './claim-cases.js';
import { commitCases } from './commit-cases.js';
import { crashCases } from './crash-cases.js';
import { createCases } from './create-cases.js';
import { definitionCases } from './definition-cases.js';
import { dueCases } from './due-cases.js';
import { expiryCases } from './expiry-cases.js';
import { handoverCases } from './handover-cases.js';
import { jobCases } from './job-cases.js';
import { migrationCases } from './migration-cases.js';
import { orderCases } from './order-cases.js';
import { pauseCases } from './pause-cases.js';
import { plainJobCases } from './plain-job-cases.js';
import { queueCases } from './queue-cases.js';
import { readingCases } from './reading-cases.js';
import { sendCases } from './send-cases.js';
import { sharingCases } from './sharing-cases.js';
import { snapshotCases } from './snapshot-cases.js';
import type { StoreCase } from './store-case.js';
import { sweptInstanceCases } from './sweeping/instance-cases.js';
import { sweptJobCases } from './sweeping/job-cases.js';
import { sweptJournalCases } from './sweeping/journal-cases.js';
import { sweptLetterCases } from './sweeping/letter-cases.js';
import { textCases } from './text-cases.js';

/** What every store must do, by subject. A store is one if all cases pass that its harness can set up. */
export const storeSuite: Readonly<Record<string, readonly StoreCase[]>> = {
  definitions: definitionCases,
  creation: createCases,
  sending: sendCases,
  order: orderCases,
  claims: claimCases,
  attempts: attemptCases,
  commits: commitCases,
  jobs: jobCases,
  'jobs handed over': handoverCases,
  answers: answerCases,
  'plain jobs': plainJobCases,
  queues: queueCases,
  expiry: expiryCases,
  'what is due': dueCases,
  reading: readingCases,
  'what is waited for': awaitingCases,
  pauses: pauseCases,
  migrations: migrationCases,
  snapshots: snapshotCases,
  changes: changeCases,
  sweeping: [...sweptInstanceCases, ...sweptJournalCases, ...sweptJobCases, ...sweptLetterCases],
  texts: textCases,
  'several processes': sharingCases,
  crashes: crashCases,
  agreement: agreementCases,
};
