import { type Command, Option } from 'commander';
import { given } from '../core/given.js';
import { isJsonObject, type Json, type JsonObject } from '../core/json.js';
import { type Problem, Refused } from '../core/problem.js';
import { readText } from '../embed/definition-file.js';
import { locateProblems, type ParsedSource, parseSource } from '../formats/source.js';
import { checkSchedule } from '../schedule/plan.js';
import { CATCH_UPS, OVERLAPS } from '../schedule/specification.js';
import { Failure, Misuse } from './failure.js';
import { jsonWord } from './json-word.js';
import type { Terminal } from './terminal.js';
import { counted, problemsText } from './text/problems.js';

/** A schedule's specification, as words or as a file. */
export interface SpecificationOption {
  readonly cron?: string;
  readonly every?: string;
  readonly timeZone?: string;
  readonly offset?: string;
  readonly jitter?: string;
  readonly start?: string;
  readonly input?: string;
  readonly send?: string;
  readonly type?: string;
  readonly data?: string;
  readonly stamp?: string;
  readonly overlap?: string;
  readonly catchUp?: string;
  readonly catchUpWindow?: string;
  readonly from?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly paused?: true;
  readonly file?: string;
}

/** The options that a file takes the place of. */
const WORDS = [
  ...['cron', 'every', 'timeZone', 'offset', 'jitter', 'start', 'input', 'send', 'type', 'data', 'stamp'],
  ...['overlap', 'catchUp', 'catchUpWindow', 'from', 'until', 'limit', 'paused'],
] as readonly Exclude<keyof SpecificationOption, 'file'>[];

/** Adds the options of a specification. */
export function takesSpecification(command: Command): Command {
  return command
    .option('--cron <pattern>', 'when: five fields, six with seconds first, or a nickname such as @daily')
    .option('--every <duration>', 'when: an interval, such as 15m')
    .option('--time-zone <name>', 'the IANA zone that --cron is read in (default: UTC)')
    .option('--offset <duration>', 'moves the times of --every')
    .option('--jitter <duration>', 'delays each firing by chance, at most this long')
    .option('--start <machine>', 'what: a run of this machine')
    .option('--input <json>', "the run's input; - reads it from stdin")
    .option('--send <instance>', 'what: an event to this instance')
    .option('--type <event>', "the event's type")
    .option('--data <json>', "the event's data; - reads it from stdin")
    .option('--stamp <key>', 'puts the firing into the input or the data, under this key')
    .addOption(new Option('--overlap <policy>', 'where the run before has not ended').choices(OVERLAPS))
    .addOption(new Option('--catch-up <policy>', 'what to do about times that passed').choices(CATCH_UPS))
    .option('--catch-up-window <duration>', 'how late a firing may be to be caught up (default: 1d)')
    .option('--from <instant>', 'no firing before it, as in 2026-12-01T00:00:00Z')
    .option('--until <instant>', 'no firing at it or after it')
    .option('--limit <n>', 'end after so many firings')
    .option('--paused', 'paused from the beginning')
    .option('--file <file>', 'all of this from a YAML or JSON file instead');
}

/** The specification that was given, which is right; all that is wrong with a file is said with its lines. */
export async function specificationOf(options: SpecificationOption, terminal: Terminal): Promise<Json> {
  if (options.file === undefined) return checked(await fromWords(options, terminal));
  const word = WORDS.find((name) => options[name] !== undefined);
  if (word !== undefined) throw new Misuse(`--file has all of it, and --${dashed(word)} is given too`);
  return fromFile(options.file, terminal);
}

function checked(specification: JsonObject): JsonObject {
  const problems = checkSchedule(specification);
  if (problems.length > 0) throw new Refused(problems);
  return specification;
}

async function fromWords(options: SpecificationOption, terminal: Terminal): Promise<JsonObject> {
  refuseStray(options);
  const json = (name: 'input' | 'data') => {
    const word = options[name];
    return word === undefined ? undefined : jsonWord(`--${name}`, word, terminal);
  };
  const { start, send, type, stamp, limit, paused } = options;
  const { cron, every, timeZone, offset, jitter, overlap, catchUp, catchUpWindow, from, until } = options;
  return given({
    ...{ cron, every, timeZone, offset, jitter, overlap, catchUp, catchUpWindow, from, until, paused },
    start: start === undefined ? undefined : given({ machine: start, input: await json('input'), stamp }),
    send: send === undefined ? undefined : given({ to: send, type, data: await json('data'), stamp }),
    limit: limit === undefined ? undefined : numberOr(limit),
  }) as JsonObject;
}

/** A text is refused with the other problems. */
function numberOr(word: string): number | string {
  return /^\d{1,15}$/.test(word) ? Number(word) : word;
}

const GOES_WITH = [
  ['input', 'start'],
  ['type', 'send'],
  ['data', 'send'],
] as const;

function refuseStray(options: SpecificationOption): void {
  for (const [word, other] of GOES_WITH) {
    if (options[word] !== undefined && options[other] === undefined) {
      throw new Misuse(`--${word} goes with --${other}`);
    }
  }
  const { stamp, start, send } = options;
  if (stamp !== undefined && start === undefined && send === undefined) {
    throw new Misuse('--stamp goes with --start or --send');
  }
}

async function fromFile(file: string, terminal: Terminal): Promise<JsonObject> {
  const parsed = await parseFile(file);
  const { source } = parsed;
  const problems: readonly Problem[] =
    source === undefined
      ? parsed.problems
      : [...parsed.problems, ...locateProblems(checkSchedule(source), parsed)];
  if (problems.length === 0 && isJsonObject(source ?? null)) return source as JsonObject;
  terminal.err(problemsText(problems, terminal.errColors));
  throw new Failure(`${counted(problems.length, 'problem')}: nothing was done`);
}

async function parseFile(file: string): Promise<ParsedSource> {
  try {
    const text = await readText(file);
    if (typeof text === 'string') return parseSource(text, { file });
    return { file, problems: [text], locate: () => undefined };
  } catch (error) {
    throw new Failure(`--file cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
