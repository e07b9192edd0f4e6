import { escapePointer, isJsonArray, isJsonObject, type Json } from '../core/json.js';
import type { Fields } from './fields.js';

/** A text that was probably meant to be read as a path or a call: `$.a`, `$$.State`, `$var`, `States.Format(…)`. */
const DYNAMIC = /^(?:\$(?:$|[.[]|\$(?:$|[.[]))|States\.[A-Z]\w*\()/;

const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign'];

/**
 * Warns of texts in a JSONPath state that look like paths and stand where they are only texts. The codes are AWS's
 * (ValidateStateMachineDefinition: warning codes); its words for them were not recorded.
 */
export function warnOfStaticText(type: string, fields: Fields): void {
  const warn = (code: string, path: string, message: string): void =>
    fields.report({ code, message, path, severity: 'warning' });
  for (const field of TEMPLATES) {
    for (const { key, path, text } of textsIn(fields.peek(field), fields.at(field))) {
      if (key.endsWith('.$')) continue;
      warn(
        'NO_DOLLAR',
        path,
        `"${text}" is a plain text here: only values of keys that end in ".$" are looked up`,
      );
    }
  }
  for (const field of type === 'Fail' ? ['Error', 'Cause'] : []) {
    const text = fields.peek(field);
    if (typeof text !== 'string' || !DYNAMIC.test(text)) continue;
    warn('NO_PATH', fields.at(field), `"${text}" is a plain text here: ${field}Path looks it up`);
  }
  for (const { path, text } of type === 'Pass' ? textsIn(fields.peek('Result'), fields.at('Result')) : []) {
    warn(
      'PASS_RESULT_IS_STATIC',
      path,
      `"${text}" is a plain text here: a Result is taken as it stands; Parameters looks paths up`,
    );
  }
}

interface Text {
  /** The key that it stands under; empty in lists. */
  readonly key: string;
  readonly path: string;
  readonly text: string;
}

function textsIn(value: Json | undefined, path: string, key = ''): readonly Text[] {
  if (typeof value === 'string') return DYNAMIC.test(value) ? [{ key, path, text: value }] : [];
  if (isJsonArray(value)) return value.flatMap((item, i) => textsIn(item, `${path}/${i}`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    textsIn(member, `${path}/${escapePointer(name)}`, name),
  );
}
