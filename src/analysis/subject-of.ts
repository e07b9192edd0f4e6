import { asl } from '../asl/language.js';
import type { Json } from '../core/json.js';
import type { Implementations, Program } from '../core/language.js';
import { Refused } from '../core/problem.js';
import type { StatechartProgram } from '../statechart/compile.js';
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
  /** What it was compiled to, by a language that knows more than its own expressions; worked out if absent. */
  readonly program?: Program;
}

/** A definition as an explorer sees it. Throws Refused where it has errors, or its language cannot be explored. */
export function subjectOf({ language, source, implementations = {}, program }: Explorable): Subject {
  if (language === statechart.name) {
    const compiled =
      (program as StatechartProgram | undefined) ?? statechart.compile(source, implementations);
    return new ChartSubject(compiled, source);
  }
  if (language === asl.name) return new AslSubject(asl.compile(source), source);
  const message = `definitions in the language ${language} cannot be explored`;
  throw new Refused({ code: 'not-supported', message, path: '' });
}
