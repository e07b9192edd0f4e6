/** The positions that a way to match has noted, two for each group, the whole being group 0; -1 where there is none. */
export type Slots = readonly number[];
