/**
 * One statement a text, run in this order; `detent.` stands for the schema. Never changed once released: what
 * comes later is a new migration.
 *
 * Ids compare byte by byte (collation C), whatever the database's language. Rows that change at every turn leave
 * room in their pages, so that an update stays in its page and, where no indexed column changed, touches no
 * index; and they are vacuumed by their number of changes, not by their share of a table that grows.
 */
export const FIRST_TABLES: readonly string[] = [
  `CREATE TABLE detent.definition (
    hash text COLLATE "C" PRIMARY KEY,
    machine text COLLATE "C" NOT NULL,
    version int NOT NULL,
    language text NOT NULL,
    source text NOT NULL,
    code text,
    UNIQUE (machine, version)
  )`,

  // ended_at stays null until the end, so that the turns of an instance that goes on touch no index.
  `CREATE TABLE detent.instance (
    id text COLLATE "C" PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    machine text COLLATE "C" NOT NULL,
    definition text COLLATE "C" NOT NULL,
    input_hash text NOT NULL,
    status text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    state text,
    parent text COLLATE "C",
    detached boolean NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    ended_at bigint
  ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0)`,
  'CREATE INDEX instance_machine ON detent.instance (machine, seq)',
  'CREATE INDEX instance_status ON detent.instance (status, seq)',
  'CREATE INDEX instance_parent ON detent.instance (parent) WHERE parent IS NOT NULL',
  `CREATE INDEX instance_ended ON detent.instance (machine, ended_at, seq)
    WHERE ended_at IS NOT NULL AND (parent IS NULL OR detached)`,

  // outcome: null where the event was applied. event: null where payload says which of the payloads it is.
  `CREATE TABLE detent.journal (
    instance text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint GENERATED ALWAYS AS IDENTITY,
    event_id text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    seed text NOT NULL,
    event text,
    payload bytea,
    outcome text,
    history text NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (instance, revision)
  ) WITH (autovacuum_vacuum_insert_scale_factor = 0.05)`,
  'CREATE UNIQUE INDEX journal_event ON detent.journal (instance, event_id)',
  'CREATE INDEX journal_order ON detent.journal (xid, seq)',

  'CREATE INDEX journal_payload ON detent.journal (instance, payload) WHERE payload IS NOT NULL',

  // The youngest entry of the journal that was swept away, and how often any was; and the root of the tree of
  // instances that is just being deleted, over several calls.
  `CREATE TABLE detent.swept (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    xid xid8 NOT NULL DEFAULT '0',
    seq bigint NOT NULL DEFAULT 0,
    sweeps bigint NOT NULL DEFAULT 0,
    condemned text
  )`,
  'INSERT INTO detent.swept DEFAULT VALUES',

  `CREATE TABLE detent.snapshot (
    instance text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    machine text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    status text NOT NULL,
    state text,
    trimmed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (instance, revision)
  )`,
  'CREATE INDEX snapshot_untrimmed ON detent.snapshot (machine, at, seq) WHERE NOT trimmed',

  // Long texts, each once for an instance: moving a message to the journal copies a reference.
  `CREATE TABLE detent.payload (
    instance text COLLATE "C" NOT NULL,
    hash bytea NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (instance, hash)
  )`,

  // definition: empty until the instance is created. arrived_at: when its last immediate message came; time stands
  // still in it where the clock steps back. problem: what its last worker said was wrong.
  `CREATE TABLE detent.mailbox (
    instance text COLLATE "C" PRIMARY KEY,
    definition text COLLATE "C" NOT NULL DEFAULT '',
    next_due_at bigint,
    arrived_at bigint NOT NULL DEFAULT 0,
    problem text,
    parked text,
    parked_at bigint,
    paused boolean NOT NULL DEFAULT false
  ) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)`,
  `CREATE INDEX mailbox_due ON detent.mailbox (definition, next_due_at, instance)
    WHERE next_due_at IS NOT NULL AND parked IS NULL AND NOT paused`,
  'CREATE INDEX mailbox_parked ON detent.mailbox (parked_at) WHERE parked IS NOT NULL',

  // Mailboxes with an attempt behind them: those that are held (token), and those whose turn came to nothing.
  // wake_at: when it can be claimed again, null while it is parked or paused.
  `CREATE TABLE detent.lease (
    instance text COLLATE "C" PRIMARY KEY,
    definition text COLLATE "C" NOT NULL,
    token text COLLATE "C",
    worker text,
    attempts int NOT NULL,
    lease_until bigint NOT NULL,
    wake_at bigint
  ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)`,
  'CREATE INDEX lease_wake ON detent.lease (definition, wake_at, instance) WHERE wake_at IS NOT NULL',

  // timer: whether its instance may cancel it by its id.
  `CREATE TABLE detent.message (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    due_at bigint NOT NULL,
    event text,
    payload bytea,
    seed text NOT NULL,
    cause text NOT NULL,
    hops int NOT NULL,
    timer boolean NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)`,
  // Without seq, by which it would be taken for an index of single messages while the table is thought to be empty.
  'CREATE INDEX message_order ON detent.message (recipient, due_at)',
  'CREATE INDEX message_payload ON detent.message (recipient, payload) WHERE payload IS NOT NULL',
  'CREATE INDEX message_timer ON detent.message (id) WHERE timer',

  `CREATE TABLE detent.receipt (
    instance text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (instance, event_id)
  )`,

  // instance: null of a plain job, whose machine is empty, and which has a hash, max_attempts and a backoff. failure: { error, cause }.
  // expires_at: when it ends by itself unless something happens before; null if it does not. ended_by, ended_as:
  // the token that last ended it, or gave it up for another attempt, and what was answered. Each change of its
  // status writes to every index that it stands in: so there are few, and those that are processed stand in none
  // that is for listing.
  `CREATE TABLE detent.job (
    id text COLLATE "C" PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    instance text COLLATE "C",
    machine text COLLATE "C" NOT NULL,
    effect text,
    queue text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    priority smallint NOT NULL,
    input text,
    payload bytea,
    ask boolean NOT NULL,
    hash text,
    status text COLLATE "C" NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    max_attempts int NOT NULL,
    delay_ms float8,
    rate float8,
    max_delay_ms float8,
    timeout_ms bigint,
    heartbeat_ms bigint,
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    deadline_at bigint,
    started_at bigint,
    ended_at bigint,
    output text,
    failure text,
    expires_at bigint,
    lease_until bigint,
    beat_at bigint,
    token text COLLATE "C",
    worker text,
    ended_by text COLLATE "C",
    ended_as text
  ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)`,
  `CREATE INDEX job_pending ON detent.job (queue, name, priority, due_at, seq) WHERE status = 'pending'`,
  `CREATE INDEX job_processing ON detent.job (lease_until) WHERE status = 'processing'`,
  `CREATE INDEX job_open ON detent.job (expires_at) WHERE expires_at IS NOT NULL`,
  'CREATE INDEX job_instance ON detent.job (instance, seq) WHERE instance IS NOT NULL',
  `CREATE INDEX job_status ON detent.job (status, seq) WHERE status <> 'processing'`,
  'CREATE INDEX job_ended ON detent.job (machine, ended_at, seq) WHERE ended_at IS NOT NULL',
  'CREATE INDEX job_payload ON detent.job (instance, payload) WHERE payload IS NOT NULL',

  // Those that have a limit.
  'CREATE TABLE detent.queue (name text COLLATE "C" PRIMARY KEY, concurrency int NOT NULL)',
  `CREATE TABLE detent.paused (
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, name)
  )`,
];
