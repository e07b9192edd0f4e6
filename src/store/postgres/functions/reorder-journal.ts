/**
 * Transactions are numbered by the cluster: in a copy that was restored into another one, entries may have
 * numbers that are yet to come there, and would be hidden until then. They get the number of this transaction,
 * which keeps them in the order of their seq.
 */
export const REORDER_JOURNAL = `
CREATE OR REPLACE FUNCTION detent.reorder_journal() RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  IF (SELECT j.xid FROM detent.journal j ORDER BY j.xid DESC, j.seq DESC LIMIT 1)
    >= pg_snapshot_xmax(pg_current_snapshot())
  THEN
    UPDATE detent.journal j SET xid = pg_current_xact_id()
    WHERE j.xid >= pg_snapshot_xmax(pg_current_snapshot());
  END IF;
END
$body$`;
