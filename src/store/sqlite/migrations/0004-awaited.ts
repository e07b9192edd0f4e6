/** A timer that can be found by what it waits for, as the index and whoever asks for it have to say alike. */
export const IS_AWAITED = "timer = 1 AND substr(id, 1, 9) = '/subject/'";

/** Timers that can be found by what they wait for. */
export const AWAITED: readonly string[] = [
  `CREATE INDEX message_awaited ON message (id) WHERE ${IS_AWAITED}`,
];
