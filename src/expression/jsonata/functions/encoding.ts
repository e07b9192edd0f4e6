import { ExpressionError } from '../../expression-error.js';
import type { NativeDefinition } from '../native.js';
import { payForText } from '../text-cost.js';

/** Texts for URLs, and Base64 of texts whose characters are bytes (Latin-1). */
export const ENCODING_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  base64encode: convert('base64encode', encodeBase64),
  base64decode: convert('base64decode', decodeBase64),
  encodeUrlComponent: convert('encodeUrlComponent', encodeURIComponent),
  encodeUrl: convert('encodeUrl', encodeURI),
  decodeUrlComponent: convert('decodeUrlComponent', decodeURIComponent),
  decodeUrl: convert('decodeUrl', decodeURI),
};

function convert(name: string, conversion: (text: string) => string): NativeDefinition {
  return {
    signature: '<s-:s>',
    arity: 1,
    call: ([text], run) => {
      if (typeof text !== 'string') return undefined;
      payForText(run, text.length * 3);
      run.budget.spend(text.length >> 1);
      try {
        return conversion(text);
      } catch {
        throw new ExpressionError('D3140', `$${name} cannot convert ${JSON.stringify(text.slice(0, 100))}`);
      }
    },
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function encodeBase64(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i += 3) {
    const rest = text.length - i;
    const bits = (byteAt(text, i) << 16) | (byteAt(text, i + 1) << 8) | byteAt(text, i + 2);
    const last = (rest > 1 ? letter(bits >> 6) : '=') + (rest > 2 ? letter(bits) : '=');
    encoded += letter(bits >> 18) + letter(bits >> 12) + last;
  }
  return encoded;
}

/** 0 behind the end. */
function byteAt(text: string, index: number): number {
  return text.charCodeAt(index) & 0xff;
}

function letter(bits: number): string {
  return ALPHABET.charAt(bits & 63);
}

/** What is not of the alphabet is skipped; its URL-safe form is understood too. */
function decodeBase64(text: string): string {
  let decoded = '';
  let bits = 0;
  let count = 0;
  for (const char of text.replaceAll('-', '+').replaceAll('_', '/')) {
    if (char === '=') break;
    const value = ALPHABET.indexOf(char);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded += String.fromCharCode((bits >> count) & 0xff);
  }
  return decoded;
}
