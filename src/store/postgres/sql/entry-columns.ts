export const ENTRY_COLUMNS =
  'j.instance, j.revision, j.event_id, j.at, j.seed, coalesce(j.event, p.text), j.outcome, j.history, j.code';

/** Joins the text of an event that is kept out of its row. */
export const ENTRY_PAYLOAD =
  'LEFT JOIN detent.payload p ON j.payload IS NOT NULL AND p.instance = j.instance AND p.hash = j.payload';
