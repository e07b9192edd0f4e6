export const MESSAGE_COLUMNS =
  'm.seq, m.recipient, m.id, m.due_at, coalesce(m.event, p.text), m.seed, m.cause, m.hops';

/** Joins the text of a message that is kept out of its row. */
export const MESSAGE_PAYLOAD =
  'LEFT JOIN detent.payload p ON m.payload IS NOT NULL AND p.instance = m.recipient AND p.hash = m.payload';
