/** Limits of diagrams; each has a clear Problem and a test at its edge. */

/** States of a diagram; past them nobody could read it. */
export const MAX_DIAGRAM_STATES = 10_000;

/** Edges of a diagram. */
export const MAX_DIAGRAM_EDGES = 20_000;

/** Characters of one line of text in a diagram; what is longer ends in `…`. */
export const MAX_LINE_LENGTH = 60;

/** Lines of text in one state, or on one edge; the last one says how many are left out. */
export const MAX_LINES = 12;
