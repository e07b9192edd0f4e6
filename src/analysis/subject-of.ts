import { asl } from '../asl/language.js';
import type { Json } from '../core/json.js';
import type { Implementations } from '../core/language.js';
import { Refused } from '../core/problem.js';
import { statechart } from '../statechart/language.js';
import { AslSubject } from './asl-subject.js';
import { ChartSubject } from './chart-subject.js';
import type { Subject } from './subject.js';

/** A definition, with the functions that it was made with: what `createMachine` returns is one. */
export interface Explorable {
  /** `statechart` or `asl`. */
  readonly language: string;
  readonly source: Json;
  readonly implementations?: Implementations | undefined;
}

/** A definition as an explorer sees it. Throws Refused where it has errors, or its language cannot be explored. */
export function subjectOf({ language, source, implementations = {} }: Explorable): Subject {
  if (language === statechart.name)
    return new ChartSubject(statechart.compile(source, implementations), source);
  if (language === asl.name) return new AslSubject(asl.compile(source), source);
  const message = `definitions in the language ${language} cannot be explored`;
  throw new Refused({ code: 'not-supported', message, path: '' });
}
