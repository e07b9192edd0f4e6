/**
 * An event's text stands in the message and then in the journal as its sender wrote it; what the turn stamped on
 * it has columns of its own. Texts that are long stand in `payload`, and their rows have its hash instead.
 */
export const QUEUES_CHILDREN_SNAPSHOTS: readonly string[] = [
  "ALTER TABLE definition ADD COLUMN code TEXT NOT NULL DEFAULT ''",

  'ALTER TABLE instance ADD COLUMN parent TEXT',
  'ALTER TABLE instance ADD COLUMN detached INTEGER NOT NULL DEFAULT 0',
  'CREATE INDEX instance_parent ON instance (parent, detached) WHERE parent IS NOT NULL',
  // What can be swept on its own: a child goes with its parent.
  `CREATE INDEX instance_ended ON instance (machine, updated_at)
    WHERE status IN ('succeeded', 'failed', 'timed_out', 'stopped') AND (parent IS NULL OR detached = 1)`,

  // AUTOINCREMENT: a reader's position must never come again, whatever was swept.
  `CREATE TABLE new_journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    instance TEXT NOT NULL,
    revision INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    seed TEXT NOT NULL,
    event TEXT NOT NULL,
    payload TEXT,
    outcome TEXT,
    history TEXT NOT NULL,
    code TEXT NOT NULL
  ) STRICT`,
  `INSERT INTO new_journal (seq, instance, revision, event_id, at, seed, event, outcome, history, code)
    SELECT seq, instance, revision, event_id, at, event ->> '$.seed',
      json_remove(event, '$.id', '$.instance', '$.revision', '$.at', '$.seed'), outcome, history, code
    FROM journal ORDER BY seq`,
  'DROP TABLE journal',
  'ALTER TABLE new_journal RENAME TO journal',
  'CREATE UNIQUE INDEX journal_revision ON journal (instance, revision)',
  'CREATE UNIQUE INDEX journal_event ON journal (instance, event_id)',
  'CREATE INDEX journal_payload ON journal (instance, payload) WHERE payload IS NOT NULL',

  'ALTER TABLE message ADD COLUMN payload TEXT',
  'CREATE INDEX message_payload ON message (recipient, payload) WHERE payload IS NOT NULL',

  // paused: whether its instance is; it can then not be claimed.
  'ALTER TABLE mailbox ADD COLUMN paused INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE mailbox ADD COLUMN parked_at INTEGER',
  'UPDATE mailbox SET parked_at = (SELECT coalesce(max(at), 0) FROM journal) WHERE parked IS NOT NULL',
  "CREATE INDEX mailbox_letters ON mailbox (parked_at) WHERE parked IS NOT NULL AND definition = ''",

  // owner: the instance, or a slash and the id of the plain job, that the text is deleted with.
  `CREATE TABLE payload (
    seq INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    hash TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (owner, hash)
  ) STRICT`,

  // trimmed: whether the journal before it is gone already.
  `CREATE TABLE snapshot (
    instance TEXT NOT NULL,
    revision INTEGER NOT NULL,
    machine TEXT NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    state TEXT,
    trimmed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (instance, revision)
  ) STRICT`,
  'CREATE INDEX snapshot_untrimmed ON snapshot (machine, at) WHERE trimmed = 0',

  // One row. position: the last entry of the journal that was swept; times: how often any was. condemned: an
  // instance that is being swept with its children, a portion at a time.
  'CREATE TABLE swept (position INTEGER NOT NULL, times INTEGER NOT NULL, condemned TEXT) STRICT',
  'INSERT INTO swept VALUES (0, 0, NULL)',

  'CREATE TABLE pause (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID',
  'CREATE TABLE queue_limit (queue TEXT PRIMARY KEY, concurrency INTEGER NOT NULL) STRICT, WITHOUT ROWID',

  // A plain job has no instance, machine and effect, but a hash, a retry (JSON) and a timeout.
  `CREATE TABLE new_job (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    instance TEXT,
    machine TEXT NOT NULL DEFAULT '',
    effect TEXT,
    hash TEXT,
    queue TEXT NOT NULL,
    name TEXT NOT NULL,
    priority INTEGER NOT NULL,
    input TEXT NOT NULL,
    payload TEXT,
    ask INTEGER NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    deadline_at INTEGER,
    heartbeat_ms INTEGER,
    retry TEXT,
    timeout_ms INTEGER,
    started_at INTEGER,
    ended_at INTEGER,
    failure TEXT,
    output TEXT,
    expires_at INTEGER,
    lease_until INTEGER,
    beat_at INTEGER,
    token TEXT,
    worker TEXT
  ) STRICT`,
  `INSERT INTO new_job (
      seq, id, instance, machine, effect, queue, name, priority, input, ask, status, attempts, created_at,
      due_at, deadline_at, heartbeat_ms, started_at, ended_at, failure, expires_at, lease_until, beat_at,
      token, worker)
    SELECT
      seq, id, instance, coalesce((SELECT machine FROM instance i WHERE i.id = job.instance), ''), effect,
      'default', name, 5, input, ask, status, attempts, created_at, created_at,
      deadline_at, heartbeat_ms, started_at, ended_at, failure, expires_at, lease_until, beat_at, token, worker
    FROM job ORDER BY seq`,
  'DROP TABLE job',
  'ALTER TABLE new_job RENAME TO job',
  "CREATE INDEX job_lane ON job (queue, name, priority, due_at, seq, expires_at) WHERE status = 'pending'",
  "CREATE INDEX job_processing ON job (lease_until) WHERE status = 'processing'",
  "CREATE INDEX job_failed ON job (seq) WHERE status = 'failed'",
  'CREATE INDEX job_open ON job (expires_at) WHERE expires_at IS NOT NULL',
  'CREATE INDEX job_ended ON job (machine, ended_at) WHERE ended_at IS NOT NULL',
  // An instance that ended stays until what it asked for, and nobody waits for, is done.
  'CREATE INDEX job_unasked ON job (instance) WHERE ask = 0 AND instance IS NOT NULL AND ended_at IS NULL',
  'CREATE INDEX job_payload ON job (instance, payload) WHERE payload IS NOT NULL',
];
