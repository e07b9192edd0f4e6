import { asl } from '../asl/language.js';
import type { Language } from '../core/language.js';
import { schedule } from '../schedule/language.js';
import { statechart } from '../statechart/language.js';

/** The languages of this package. */
export const LANGUAGES: readonly Language[] = [statechart, asl, schedule];
