import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Explorable } from '../analysis/analysis.js';
import type { Samples } from '../analysis/samples.js';
import type { Json } from '../core/json.js';
import type { FileMachine } from '../embed/definition-file.js';
import type { CommandLine } from './command-line.js';
import { loadDefinitions } from './definitions.js';
import { Misuse } from './failure.js';
import { jsonWord } from './json-word.js';

export interface SampleOptions {
  readonly machine?: string;
  readonly input?: readonly string[];
  readonly events?: string;
  readonly tasks?: string;
}

/** Adds what says which machine of a file is meant, and what it is given where a choice is to be made. */
export function takesSamples(command: Command): Command {
  const inputs = new Option('--input <json>', 'what instances start with; may be given several times');
  return command
    .option('--machine <name>', 'which machine of the file, if it has several')
    .addOption(inputs.argParser((word: string, before: string[] | undefined) => [...(before ?? []), word]))
    .option('--events <json or file>', 'what may come with events: { "PAY": [{ "amount": 5 }] }')
    .option(
      '--tasks <json or file>',
      'how tasks may end: { "pack": [{ "output": 1 }, { "error": "Broken" }] }',
    );
}

/** The one machine that a command is about; undefined if something is wrong with it, which was said then. */
export async function loadMachine(
  file: string,
  { machine: name }: SampleOptions,
  line: CommandLine,
): Promise<(FileMachine & Explorable) | undefined> {
  const files = await loadDefinitions([file], line, undefined);
  if (files === undefined) return undefined;
  const { machines, implementations } = files;
  const [first, ...others] =
    name === undefined ? machines : machines.filter(({ machine }) => machine === name);
  if (first === undefined) {
    const known = machines.map(({ machine }) => machine).join(', ');
    throw new Misuse(
      name === undefined ? `${file} holds no machine` : `${file} holds no machine ${name}, only ${known}`,
    );
  }
  if (others.length > 0) {
    const names = machines.map(({ machine }) => machine).join(', ');
    throw new Misuse(`${file} holds several machines: name one with --machine (${names})`);
  }
  const own = Object.hasOwn(implementations, first.machine) ? implementations[first.machine] : undefined;
  const language = (await line.languages()).find(({ name }) => name === first.language);
  if (language === undefined) throw new Error(`the language ${first.language} was not handed in`);
  return { ...first, implementations: own, program: language.compile(first.source, own) };
}

/** What the options give for events, tasks and inputs. */
export async function samplesOf(
  { input, events, tasks }: SampleOptions,
  { terminal }: CommandLine,
): Promise<Samples> {
  const { readSamples } = await import('../analysis/samples.js');
  const inputs: Json[] = [];
  for (const word of input ?? []) inputs.push(await jsonWord('--input', word, terminal));
  const read = async (option: string, word: string) => {
    const isJson = /^\s*[[{]/.test(word) || word === '-';
    return jsonWord(option, isJson ? word : await textOf(word), terminal);
  };
  return readSamples({
    ...(inputs.length === 0 ? {} : { inputs }),
    ...(events === undefined ? {} : { events: await read('--events', events) }),
    ...(tasks === undefined ? {} : { tasks: await read('--tasks', tasks) }),
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Misuse(`${file} is neither JSON nor a file that can be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}
