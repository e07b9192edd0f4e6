import { asl } from '../asl/language.js';
import type { Language } from '../core/language.js';
import { schedule } from '../schedule/language.js';
import { statechartWith } from '../statechart/language.js';
import { datamodels } from './ecmascript.js';

/** The languages of this package. */
export const LANGUAGES: readonly Language[] = [statechartWith(datamodels), asl, schedule];
