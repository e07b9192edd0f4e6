export const CHECK_SERVER = `
  SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
    current_setting('default_transaction_isolation'),
    pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean`;
