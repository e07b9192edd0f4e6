import { ExpressionError } from '../../expression-error.js';
import type { NativeDefinition } from '../native.js';
import { textOf } from '../text.js';
import { payForText } from '../text-cost.js';
import { isArray, type Run } from '../value.js';

/** Functions on texts. Lengths and positions count characters (code points), not UTF-16 units. */
export const STRING_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  string: {
    signature: '<x-b?:s>',
    arity: 1,
    call: ([value, pretty], run) => (value === undefined ? undefined : textOf(value, run, pretty === true)),
  },
  length: { signature: '<s-:n>', arity: 1, call: onText((text, run) => codePointLength(text, run)) },
  substring: {
    signature: '<s-nn?:s>',
    arity: 3,
    call: ([text, start, length], run) =>
      typeof text === 'string'
        ? substring(text, Number(start ?? 0), length as number | undefined, run)
        : undefined,
  },
  substringBefore: {
    signature: '<s-s:s>',
    arity: 2,
    call: ([text, chars], run) => {
      if (typeof text !== 'string') return undefined;
      const at = find(text, String(chars), 0, run);
      return at < 0 ? text : text.slice(0, at);
    },
  },
  substringAfter: {
    signature: '<s-s:s>',
    arity: 2,
    call: ([text, chars], run) => {
      if (typeof text !== 'string') return undefined;
      const at = find(text, String(chars), 0, run);
      return at < 0 ? text : text.slice(at + String(chars).length);
    },
  },
  lowercase: { signature: '<s-:s>', arity: 1, call: onText((text) => text.toLowerCase()) },
  uppercase: { signature: '<s-:s>', arity: 1, call: onText((text) => text.toUpperCase()) },
  trim: {
    signature: '<s-:s>',
    arity: 1,
    call: onText((text, run) => {
      run.budget.spend(text.length >> 3);
      return text.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, '');
    }),
  },
  pad: {
    signature: '<s-ns?:s>',
    arity: 3,
    call: ([text, width, filler], run) =>
      typeof text === 'string' ? pad(text, Math.trunc(Number(width)), String(filler ?? ''), run) : undefined,
  },
  join: {
    signature: '<a<s>s?:s>',
    arity: 2,
    call: ([parts, separator], run) => {
      if (!isArray(parts)) return undefined;
      const glue = String(separator ?? '');
      run.budget.spend(parts.length);
      let length = glue.length * Math.max(0, parts.length - 1);
      for (const part of parts) length += String(part).length;
      payForText(run, length);
      return parts.join(glue);
    },
  },
};

/** A function of one text; nothing gives nothing. */
function onText(compute: (text: string, run: Run) => string | number): NativeDefinition['call'] {
  return ([text], run) => {
    if (typeof text !== 'string') return undefined;
    payForText(run, text.length);
    return compute(text, run);
  };
}

export function find(text: string, part: string, from: number, run: Run): number {
  const at = text.indexOf(part, from);
  payForText(run, (at < 0 ? text.length : at) - from);
  return at;
}

function codePointLength(text: string, run: Run): number {
  payForText(run, text.length);
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const next = unit >= 0xd800 && unit <= 0xdbff ? text.charCodeAt(i + 1) : 0;
    if (next >= 0xdc00 && next <= 0xdfff) i++;
    count++;
  }
  return count;
}

const SURROGATES = /[\ud800-\udfff]/;

function substring(text: string, start: number, length: number | undefined, run: Run): string {
  payForText(run, text.length);
  if (length !== undefined && length <= 0) return '';
  // Taking a text apart is only needed where characters and units differ.
  const isWhole = !SURROGATES.test(text);
  if (!isWhole) run.budget.spend(text.length >> 2);
  const characters = isWhole ? text : [...text];
  const from = characters.length + start < 0 ? 0 : start;
  const to = length === undefined ? undefined : (from >= 0 ? from : characters.length + from) + length;
  const part = characters.slice(from, to);
  return typeof part === 'string' ? part : part.join('');
}

/** Pads to the width, on the right, or on the left if it is negative. */
function pad(text: string, width: number, filler: string, run: Run): string {
  const missing = Math.abs(width) - codePointLength(text, run);
  if (!(missing > 0)) return text;
  if (!Number.isFinite(missing)) throw new ExpressionError('D1001', 'a width must be a number that JSON has');
  payForText(run, filler.length);
  const unit = filler === '' ? ' ' : filler;
  const characters = [...unit];
  payForText(run, text.length + Math.ceil((missing * unit.length) / characters.length));
  const rest = characters.slice(0, missing % characters.length).join('');
  const padding = unit.repeat(Math.floor(missing / characters.length)) + rest;
  return width > 0 ? text + padding : padding + text;
}
