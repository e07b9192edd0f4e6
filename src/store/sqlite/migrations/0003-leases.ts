/**
 * Who holds a mailbox, and how often that came to nothing, stands in a narrow table of its own, so that a claim
 * leaves the many that wait as they are: neither their rows nor their index is written.
 */
export const LEASES: readonly string[] = [
  // A row for each mailbox with an attempt behind it. token: null where nobody holds it. wake_at: when it can be
  // claimed, null if it cannot.
  `CREATE TABLE lease (
    instance TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    token TEXT,
    worker TEXT,
    lease_until INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    wake_at INTEGER,
    problem TEXT
  ) STRICT, WITHOUT ROWID`,
  `INSERT INTO lease
    SELECT instance, definition, token, worker, lease_until, attempts, wake_at, problem
    FROM mailbox WHERE attempts > 0`,
  'CREATE INDEX lease_wake ON lease (definition, wake_at) WHERE wake_at IS NOT NULL',

  // wake_at: when it can be claimed if it has no lease, null if it cannot. Its index begins with what is due, and
  // what is leased: that is few, and passed over.
  `CREATE TABLE new_mailbox (
    instance TEXT PRIMARY KEY,
    definition TEXT NOT NULL DEFAULT '',
    next_due_at INTEGER,
    wake_at INTEGER,
    paused INTEGER NOT NULL DEFAULT 0,
    parked TEXT,
    parked_at INTEGER
  ) STRICT, WITHOUT ROWID`,
  `INSERT INTO new_mailbox
    SELECT instance, definition, next_due_at,
      CASE WHEN parked IS NULL AND paused = 0 THEN next_due_at END, paused, parked, parked_at
    FROM mailbox ORDER BY instance`,
  'DROP TABLE mailbox',
  'ALTER TABLE new_mailbox RENAME TO mailbox',
  'CREATE INDEX mailbox_wake ON mailbox (definition, wake_at) WHERE wake_at IS NOT NULL',
  'CREATE INDEX mailbox_parked ON mailbox (instance) WHERE parked IS NOT NULL',
  "CREATE INDEX mailbox_letters ON mailbox (parked_at) WHERE parked IS NOT NULL AND definition = ''",

  // The token that last ended it, or gave it up for another attempt, and what was answered.
  'ALTER TABLE job ADD COLUMN ended_by TEXT',
  'ALTER TABLE job ADD COLUMN ended_as TEXT',

  // What is half swept may have children that have to go first.
  'UPDATE swept SET condemned = NULL',
];
