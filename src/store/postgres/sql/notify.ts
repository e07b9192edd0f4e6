/** A notification that is lost with the machine's power is no loss: its commit need not be waited for. */
export const NOTIFY = `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`;

export const LAST_XID = 'SELECT pg_snapshot_xmax(pg_current_snapshot())::text';
