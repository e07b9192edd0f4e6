import { Cron } from 'croner';
import type { Checked, Problem } from '../core/problem.js';
import { thrown } from '../core/thrown.js';
import { MAX_CRON_LENGTH } from './limits.js';
import type { Timetable } from './timetable.js';

/** croner knows `@reboot` too, and cannot honour it. */
const NICKNAME = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/i;
const FIELDS = /^[\dA-Za-z*?,/#+-]+$/;

/**
 * The times of a cron pattern in a time zone: five fields (minute, hour, day of month, month, day of week),
 * six with seconds first, or a nickname such as `@daily`.
 *
 * Where clocks change: a pattern without a wildcard or step in its seconds, minutes and hours names fixed times,
 * of which one that does not exist that day comes at the first moment after the gap, and one that exists twice
 * comes once, the first time. Any other pattern goes on as if nothing happened: what falls into the gap is left
 * out, and a repeated hour counts twice. (Vixie cron's rule.)
 *
 * @example
 * const checked = cron('30 2 * * *', 'Europe/Berlin');
 * 'value' in checked && checked.value.after(Date.UTC(2026, 2, 28, 12)) === Date.UTC(2026, 2, 29, 1); // => true
 * 'problem' in cron('0 0 30 2 *', 'UTC'); // => true
 */
export function cron(pattern: string, timeZone: string): Checked<Timetable> {
  if (pattern.length > MAX_CRON_LENGTH) {
    return { problem: wrong(`a cron pattern may have at most ${MAX_CRON_LENGTH} characters`) };
  }
  const fields = pattern.trim().split(/\s+/);
  const hint = shapeHint(fields);
  if (hint !== undefined) return { problem: { ...wrong(`"${pattern}" is not a cron pattern`), hint } };
  try {
    const value = new CronTimetable(fields.join(' '), timeZone);
    // Without a field for years the calendar repeats, so that one look from any date is enough.
    if (value.after(0) !== undefined) return { value };
    return { problem: wrong(`no date ever matches "${pattern}"`) };
  } catch (error) {
    const cause = thrown(error).message.replace(/^CronPattern: /, '');
    return { problem: wrong(`"${pattern}" is not a cron pattern: ${cause}`) };
  }
}

function wrong(message: string): Problem {
  return { code: 'schedule-invalid', message, path: '' };
}

/** croner would also take a date for a pattern, or a seventh field: what there is to say against the shape. */
function shapeHint(fields: readonly string[]): string | undefined {
  const [first = ''] = fields;
  if (fields.length === 1 && first.startsWith('@')) {
    return NICKNAME.test(first)
      ? undefined
      : 'the nicknames are @yearly, @monthly, @weekly, @daily and @hourly';
  }
  if (fields.length !== 5 && fields.length !== 6) {
    return 'write five fields (minute, hour, day of month, month, day of week), or six with seconds first';
  }
  const odd = fields.find((field) => !FIELDS.test(field));
  return odd === undefined ? undefined : `"${odd}" has a character that means nothing in a pattern`;
}

class CronTimetable implements Timetable {
  readonly #cron: Cron;

  constructor(pattern: string, timezone: string) {
    this.#cron = new Cron(pattern, { timezone, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' });
  }

  after(instant: number): number | undefined {
    return this.#cron.nextRun(new Date(instant))?.getTime();
  }

  upTo(instant: number): number | undefined {
    const exclusive = Math.floor(instant / 1_000) * 1_000 + 1_000;
    return this.#cron.previousRuns(1, new Date(exclusive))[0]?.getTime();
  }

  count(from: number, to: number, max: number): number {
    let found = 0;
    let time = this.after(from - 1);
    while (time !== undefined && time < to && found < max) {
      found++;
      time = this.after(time);
    }
    return found;
  }
}
