/** The time that decides: the database's own, or the one that a test hands in. */
export const NOW_MS = `
CREATE OR REPLACE FUNCTION detent.now_ms(given bigint) RETURNS bigint
LANGUAGE sql VOLATILE AS $body$
  SELECT coalesce(given, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
$body$`;
