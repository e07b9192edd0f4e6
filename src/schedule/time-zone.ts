import { didYouMean, type Problem } from '../core/problem.js';

/**
 * Says what is wrong with the IANA name of a time zone, or nothing. Offsets (`+01:00`) are refused: they are
 * no zones, and not every Node knows them.
 *
 * @example
 * timeZoneProblem('Europe/Berlin'); // => undefined
 * timeZoneProblem('Europe/Berln')?.hint; // => 'did you mean "Europe/Berlin"?'
 */
export function timeZoneProblem(name: string): Problem | undefined {
  if (/^[A-Za-z]/.test(name) && isKnown(name)) return undefined;
  const message = `there is no time zone ${JSON.stringify(name.slice(0, 100))}`;
  const known = name.length > 100 ? [] : ['UTC', ...Intl.supportedValuesOf('timeZone')];
  return { code: 'schedule-invalid', message, path: '', ...didYouMean(name, known) };
}

function isKnown(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
