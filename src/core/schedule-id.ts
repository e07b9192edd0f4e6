/**
 * The machine whose instances are schedules. It has a slash, which is refused in names that users choose, so
 * that no machine of theirs can have it (rule 12).
 */
export const SCHEDULE_MACHINE = 'detent/schedule';

/** The name of the language that it is written in. */
export const SCHEDULE_LANGUAGE = 'schedule';

const PREFIX = 'schedule/';

/**
 * The instance that is the schedule of a name. Ids of users have no slash, ids of their children two or more.
 *
 * @example
 * scheduleId('nightly'); // => 'schedule/nightly'
 */
export function scheduleId(name: string): string {
  return PREFIX + name;
}

/**
 * The name of the schedule that an instance is; undefined if it is none.
 *
 * @example
 * scheduleName('schedule/nightly'); // => 'nightly'
 * scheduleName('schedule/nightly/3.0/0'); // => undefined
 * scheduleName('order-1'); // => undefined
 */
export function scheduleName(instance: string): string | undefined {
  const name = instance.slice(PREFIX.length);
  return instance.startsWith(PREFIX) && name !== '' && !name.includes('/') ? name : undefined;
}
