import { callProgram } from '../../src/cli/program.js';
import { openTerminal } from '../../src/cli/terminal.js';
import { openEngine } from '../../src/embed/engine.js';
import { LANGUAGES } from '../../src/embed/languages.js';
import type { Called } from './call.js';

/** Calls `detent` with these words within this process, with the languages and stores that it has. */
export async function callReal(words: readonly string[]): Promise<Called> {
  let [out, err] = ['', ''];
  const stdin = (async function* () {})();
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const terminal = openTerminal({ stdin, stdout, stderr }, { NO_COLOR: '1' });
  const line = { terminal, openEngine, languages: async () => LANGUAGES, supervised: undefined, words };
  const code = await callProgram('0.0.0', line);
  return { code, out, err };
}
