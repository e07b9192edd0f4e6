/** Events of a path that are shown; of a longer one the first and the last. */
export const MAX_SHOWN_EVENTS = 12;

/**
 * A path as people read it.
 *
 * @example
 * trailText(['START', 'PAUSE']); // => 'reached by START, PAUSE'
 * trailText([]); // => 'reached from the start'
 */
export function trailText(events: readonly string[]): string {
  if (events.length === 0) return 'reached from the start';
  if (events.length <= MAX_SHOWN_EVENTS) return `reached by ${events.join(', ')}`;
  const half = MAX_SHOWN_EVENTS / 2;
  const shown = [...events.slice(0, half), '…', ...events.slice(-half)];
  return `reached by ${events.length} events: ${shown.join(', ')}`;
}
