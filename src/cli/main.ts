#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { openEngine } from '../embed/engine.js';
import { LANGUAGES } from '../embed/languages.js';
import { EXIT } from './failure.js';
import { callProgram } from './program.js';
import { sayStrayError } from './stray-error.js';
import { joinSupervisor } from './supervisor/supervised.js';
import { openTerminal } from './terminal.js';

// Whoever reads our output may stop reading (`detent list | head`): that is no error, and there is nobody
// left to write for.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EIO') process.exit(0);
    throw error;
  });
}

const supervised = await joinSupervisor(process.env);
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const terminal = openTerminal(process, process.env);
process.on('uncaughtException', (error) => {
  if (!sayStrayError(error, terminal)) process.exit(EXIT.failed);
});
const code = await callProgram(version, {
  terminal,
  openEngine,
  languages: LANGUAGES,
  supervised,
  words: process.argv.slice(2),
});

// A user's module may hold timers or sockets open; the command is over nevertheless, once all is written.
for (const stream of [process.stdout, process.stderr])
  await new Promise((resolve) => stream.write('', resolve));
process.exit(code);
