import type { Json } from '../core/json.js';
import { MAX_PAYLOAD_TEXT_BYTES } from '../core/limits.js';
import { readJson } from '../formats/json/json-tree.js';
import { LineIndex } from '../formats/position.js';
import { Misuse } from './failure.js';
import type { Terminal } from './terminal.js';

/** The JSON that an option was given, read from stdin if it is `-`. Misuse if it is not JSON, with the place. */
export async function jsonWord(option: string, word: string, terminal: Terminal): Promise<Json> {
  return parseWord(option, word === '-' ? await readAll(option, terminal) : word);
}

/**
 * `NAME` or `NAME=JSON`, as `--event` takes it.
 *
 * @example
 * eventWord('PAY={"amount": 5}'); // => { type: 'PAY', data: { amount: 5 } }
 * eventWord('PAY'); // => { type: 'PAY' }
 */
export function eventWord(word: string): { type: string; data?: Json } {
  const at = word.indexOf('=');
  if (at === -1) return { type: word };
  return { type: word.slice(0, at), data: parseWord('--event', word.slice(at + 1)) };
}

function parseWord(option: string, text: string): Json {
  const { value, faults } = readJson(text);
  const fault = faults.find(({ severity }) => severity !== 'warning');
  if (fault === undefined && value !== undefined) return value;
  const { line, column } = new LineIndex(text).at(fault?.offset ?? 0);
  throw new Misuse(`${option} is not JSON: ${fault?.message}, at line ${line}, column ${column}`);
}

async function readAll(option: string, { stdin }: Terminal): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    // The engine measures the payload itself.
    if (text.length > MAX_PAYLOAD_TEXT_BYTES)
      throw new Misuse(`${option}: more than ${MAX_PAYLOAD_TEXT_BYTES} bytes`);
  }
  return text + decoder.decode();
}
