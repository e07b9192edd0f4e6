/** The functions that write, as statements. */
export const NOW = 'SELECT detent.now_ms($1)';
export const CREATE = call('create_all', 12);
export const CREATE_AND_NOTIFY = notifying('create_all', 12);
export const SEND = call('send', 8);
export const SEND_AND_NOTIFY = notifying('send', 8);
export const MIGRATE = call('migrate', 13);
export const EXTEND = call('extend', 4);
export const RELEASE = call('release', 5);
export const UNPARK = call('unpark', 2);
export const PAUSE_INSTANCE = call('pause_instance', 2);
export const RESUME_INSTANCE = call('resume_instance', 2);
export const EXTEND_JOBS = call('extend_jobs', 5);
export const RELEASE_JOBS = call('release_jobs', 2);
export const EXPIRE = call('expire', 2);
export const ENQUEUE = call('enqueue', 14);
export const ENQUEUE_AND_NOTIFY = notifying('enqueue', 14);
export const CHANGE_JOB = call('change_job', 3);
export const NEXT_DUE = `${call('next_due', 4)}, detent.now_ms($5)`;
export const REORDER_JOURNAL = call('reorder_journal', 0);
export const SWEEP_INSTANCES = call('sweep_instances', 4);
export const SWEEP_JOURNALS = call('sweep_journals', 4);
export const SWEEP_JOBS = call('sweep_jobs', 4);
export const SWEEP_LETTERS = call('sweep_letters', 2);
/** Whether any queue has a limit: the end of a job may then make place for another. */
const HAS_LIMITS = 'EXISTS (SELECT FROM detent.queue)';
export const COMMIT = `
  SELECT held, taken, at, token, has_mail, ${HAS_LIMITS} FROM detent.commit(${parameters(68)})`;
export const END_JOBS = `SELECT results, has_mail, ${HAS_LIMITS} FROM detent.end_jobs(${parameters(6)})`;
export const LOAD = `SELECT * FROM detent.load(${parameters(5)})`;
export const CLAIM = `SELECT * FROM detent.claim(${parameters(7)})`;

function call(name: string, count: number): string {
  return `SELECT detent.${name}(${parameters(count)})`;
}

/** The channel and the payload stand behind the parameters of the call. */
function notifying(name: string, count: number): string {
  return `${call(name, count)}, pg_notify($${count + 1}, $${count + 2})`;
}

function parameters(count: number): string {
  return Array.from({ length: count }, (_, index) => `$${index + 1}`).join(', ');
}
