#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { keepCulprits } from '../runtime/stray-error.js';
import { EXIT } from './failure.js';
import { callProgram } from './program.js';
import { sayStrayError } from './stray-error.js';
import { joinSupervisor } from './supervisor/supervised.js';
import { openTerminal } from './terminal.js';

let ended = false;

// Whoever reads our output may stop reading (`detent list | head`): that is no error, and there is nobody
// left to write for.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EIO') end(EXIT.done);
    throw error;
  });
}

const supervised = await joinSupervisor(process.env);
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const terminal = openTerminal(process, process.env);
keepCulprits();
process.on('uncaughtException', (error) => {
  if (!sayStrayError(error, terminal)) end(EXIT.failed);
});
// The code of a guard, a handler or a module may call process.exit; that must not look like our own answer.
if (supervised === undefined) {
  process.on('exit', (code) => {
    if (ended) return;
    terminal.err(`a module's code ended the program (exit code ${code}) before it was done\n`);
    process.exitCode = EXIT.failed;
  });
}
const code = await callProgram(version, {
  terminal,
  // Most calls need neither: the process that watches over another, help, the version.
  openEngine: async (options) => (await import('../embed/engine.js')).openEngine(options),
  languages: async () => (await import('../embed/languages.js')).LANGUAGES,
  supervised,
  words: process.argv.slice(2),
});

// A user's module may hold timers or sockets open; the command is over nevertheless, once all is written.
for (const stream of [process.stdout, process.stderr])
  await new Promise((resolve) => stream.write('', resolve));
end(code);

function end(code: number): never {
  ended = true;
  process.exit(code);
}
