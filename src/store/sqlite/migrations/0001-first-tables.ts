/** One statement a text, run in this order. Never changed once released: what comes later is a new migration. */
export const FIRST_TABLES: readonly string[] = [
  `CREATE TABLE definition (
    hash TEXT PRIMARY KEY,
    machine TEXT NOT NULL,
    version INTEGER NOT NULL,
    language TEXT NOT NULL,
    source TEXT NOT NULL,
    UNIQUE (machine, version)
  ) STRICT`,

  `CREATE TABLE instance (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    machine TEXT NOT NULL,
    definition TEXT NOT NULL,
    input_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT`,
  'CREATE INDEX instance_machine ON instance (machine, seq)',
  'CREATE INDEX instance_status ON instance (status, seq)',

  // outcome: null where the event was applied. A table in order of time is written to at its end, however many
  // instances there are: measured a third faster than one in order of instances.
  `CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    instance TEXT NOT NULL,
    revision INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    outcome TEXT,
    history TEXT NOT NULL,
    code TEXT NOT NULL,
    UNIQUE (instance, revision)
  ) STRICT`,
  'CREATE UNIQUE INDEX journal_event ON journal (instance, event_id)',

  // definition: empty until the instance is created. wake_at: when it can be claimed, null if it cannot.
  `CREATE TABLE mailbox (
    instance TEXT PRIMARY KEY,
    definition TEXT NOT NULL DEFAULT '',
    next_due_at INTEGER,
    wake_at INTEGER,
    lease_until INTEGER NOT NULL DEFAULT 0,
    token TEXT,
    worker TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    parked TEXT
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX mailbox_wake ON mailbox (definition, (attempts > 0), wake_at) WHERE wake_at IS NOT NULL',
  'CREATE INDEX mailbox_parked ON mailbox (instance) WHERE parked IS NOT NULL',

  // timer: whether its instance may cancel it by its id.
  `CREATE TABLE message (
    seq INTEGER PRIMARY KEY,
    recipient TEXT NOT NULL,
    id TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    event TEXT NOT NULL,
    seed TEXT NOT NULL,
    cause TEXT NOT NULL,
    hops INTEGER NOT NULL,
    timer INTEGER NOT NULL
  ) STRICT`,
  'CREATE INDEX message_order ON message (recipient, due_at)',
  'CREATE INDEX message_timer ON message (recipient, id) WHERE timer = 1',

  `CREATE TABLE receipt (
    instance TEXT NOT NULL,
    event_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (instance, event_id)
  ) STRICT, WITHOUT ROWID`,

  // failure: { error, cause }. expires_at: when it fails unless something happens before, null once it has ended.
  `CREATE TABLE job (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    instance TEXT NOT NULL,
    effect TEXT NOT NULL,
    name TEXT NOT NULL,
    input TEXT NOT NULL,
    ask INTEGER NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    deadline_at INTEGER NOT NULL,
    heartbeat_ms INTEGER,
    started_at INTEGER,
    ended_at INTEGER,
    failure TEXT,
    expires_at INTEGER,
    lease_until INTEGER,
    beat_at INTEGER,
    token TEXT,
    worker TEXT
  ) STRICT`,
  "CREATE INDEX job_pending ON job (name, seq) WHERE status = 'pending'",
  "CREATE INDEX job_processing ON job (lease_until) WHERE status = 'processing'",
  "CREATE INDEX job_failed ON job (seq) WHERE status = 'failed'",
  'CREATE INDEX job_open ON job (expires_at) WHERE expires_at IS NOT NULL',

  // Who has claimed something, to tell whose leases end with it.
  'CREATE TABLE worker (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
];
