import { ENTRY_COLUMNS, ENTRY_PAYLOAD } from './entry-columns.js';

/** Where all is there that ever will be, and the youngest entry that is to be seen. */
export const HORIZON = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text, 
    (SELECT j.xid::text FROM detent.journal j ORDER BY j.xid DESC, j.seq DESC LIMIT 1)`;

export const SWEPT = 'SELECT xid::text, seq, sweeps FROM detent.swept';

/** How many entries are behind a position, $4 at most, and where the last of them is. */
export const REACH = `
  WITH reached AS (
    SELECT j.xid, j.seq FROM detent.journal j
    WHERE (j.xid, j.seq) > ($1::xid8, $2::bigint) AND j.xid < $3::xid8
    ORDER BY j.xid, j.seq LIMIT $4
  )
  SELECT (SELECT count(*) FROM reached), r.xid::text, r.seq FROM reached r
  ORDER BY r.xid DESC, r.seq DESC LIMIT 1`;

/** Entries behind ($1, $2), up to ($3, $4), of the instance $5 and the machine $6 or of all. */
export function changesStatement(ofInstance: boolean, ofMachine: boolean): string {
  return `
    SELECT ${ENTRY_COLUMNS}, j.xid::text, j.seq FROM detent.journal j ${ENTRY_PAYLOAD}
    WHERE (j.xid, j.seq) > ($1::xid8, $2::bigint) AND (j.xid, j.seq) <= ($3::xid8, $4::bigint)
      ${ofInstance ? 'AND j.instance = $6' : ''}
      ${ofMachine ? `AND EXISTS (SELECT FROM detent.instance i WHERE i.id = j.instance AND i.machine = $${ofInstance ? 7 : 6})` : ''}
    ORDER BY j.xid, j.seq LIMIT $5`;
}
