import { SETTINGS } from './settings.js';

/** Appends messages from outside: to instances that exist. */
export const SEND = `
CREATE OR REPLACE FUNCTION detent.send(
  given bigint, m_to text[], m_id text[], m_due bigint[], m_event text[], m_cause text[], m_hops int[],
  m_hash text[]
) RETURNS text[] LANGUAGE plpgsql ${SETTINGS} AS $body$
BEGIN
  PERFORM detent.lock_mailboxes(m_to);
  RETURN detent.append(
    detent.now_ms(given), true, m_to, m_id, m_due, m_event, m_cause, m_hops, m_hash,
    array_fill(false, ARRAY[cardinality(m_to)]));
END
$body$`;
