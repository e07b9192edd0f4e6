import { existsSync, readFileSync } from 'node:fs';
import { given } from '../../src/core/given.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../src/core/json.js';
import { type Behaviour, type DriveOptions, drive, type Run } from './drive.js';
import { Recording } from './recording.js';

const CORPUS = '../shared/corpora/asl/cases.jsonl';

export const hasCorpus = existsSync(CORPUS);

/** One recorded case; `meta.json` beside it explains the fields. */
export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly validated: boolean;
  readonly recorded: string;
  readonly definition: Json;
  readonly input: Json;
  readonly needs: readonly string[];
  readonly lambdaTrivial?: boolean;
  readonly lambdas?: readonly Lambda[];
  readonly orderFree?: boolean;
  readonly wildcardValues?: readonly string[];
  readonly transformers?: readonly { readonly t: string; readonly a?: readonly [string, string] }[];
  readonly expected: {
    readonly status: string;
    readonly output?: Json;
    readonly error?: string;
    readonly cause?: Json;
    readonly history?: readonly JsonObject[];
  };
}

export interface Lambda {
  readonly arn: string;
  readonly behaviour: string;
  readonly value?: Json;
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly seconds?: number;
}

/** How what runs here compares with a recording. */
export interface Score {
  readonly id: string;
  readonly outcome: boolean;
  readonly cause: boolean;
  /** Undefined where none was recorded. */
  readonly history: boolean | undefined;
  readonly difference: string | undefined;
}

const STATUSES: Readonly<Record<string, string>> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timed_out',
  ABORTED: 'stopped',
};

/** The test function of the recorder that a case comes from: some have twenty cases, and most have one. */
export function functionOf(id: string): string {
  return id.replace(/(\[.*)?#\w+$/, '');
}

export function readCases(): Case[] {
  if (!hasCorpus) return [];
  return readFileSync(CORPUS, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
}

export function score(
  one: Case,
  handlers: Readonly<Record<string, Behaviour>>,
  child?: DriveOptions['child'],
): Score {
  let run: Run;
  try {
    run = drive(one.definition, one.input, { handlers, ...given({ child }) });
  } catch (error) {
    return { id: one.id, outcome: false, cause: false, history: false, difference: String(error) };
  }
  const { expected } = one;
  const recording = new Recording(one.wildcardValues ?? []);
  const adapt = (value: Json | undefined): Json | undefined => adapted(value, one);
  const outcome =
    (STATUSES[expected.status] === run.status ? undefined : `status ${run.status}`) ??
    recording.difference(expected.error, run.error === '' ? undefined : run.error, 'error') ??
    (run.status === 'succeeded'
      ? recording.difference(expected.output, adapt(run.output), 'output')
      : undefined);
  const cause =
    outcome ?? recording.difference(expected.cause, adapt(run.cause === '' ? undefined : run.cause), 'cause');
  const history =
    cause ??
    (expected.history === undefined
      ? undefined
      : recording.difference(expected.history, adapt(asRecorded(run.history, one)), 'history'));
  return {
    id: one.id,
    outcome: outcome === undefined,
    cause: cause === undefined,
    history: expected.history === undefined ? undefined : history === undefined,
    difference: history,
  };
}

/**
 * Until the autumn of 2024 AWS hung the exit of a distributed Map on the end of its run; since then, and here, it hangs
 * on the start.
 */
function asRecorded(history: readonly JsonObject[], { recorded }: Case): readonly JsonObject[] {
  const [, month = '', year = ''] = /^\d+-(\d+)-(\d+)/.exec(recorded) ?? [];
  if (`${year}-${month}` >= '2024-10') return history;
  return history.map((event, at) => {
    const run = history[at - 2];
    const isExit = event['type'] === 'MapStateExited' && run?.['type'] === 'MapRunSucceeded';
    return isExit ? { ...event, previousEventId: run['id'] as number } : event;
  });
}

/** Our value with the recorder's own replacements made, and without what AWS did not have at the time. */
function adapted(value: Json | undefined, one: Case): Json | undefined {
  if (value === undefined) return undefined;
  let text = JSON.stringify(value).replaceAll('000000000000', '111111111111');
  for (const { t, a } of one.transformers ?? []) {
    if (t === 'regex' && a !== undefined && !a[0].startsWith('<'))
      text = text.replace(new RegExp(a[0], 'g'), a[1]);
  }
  const json = JSON.parse(text) as Json;
  const knowsRedrive = JSON.stringify(one.expected).includes('RedriveCount');
  return knowsRedrive ? json : without(without(json, 'RedriveCount'), 'RedriveStatus');
}

function without(value: Json, field: string): Json {
  if (typeof value === 'string') return value.replace(new RegExp(`,?"${field}":(\\d+|"\\w+")`, 'g'), '');
  if (isJsonArray(value)) return value.map((item) => without(item, field));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== field);
  return Object.fromEntries(kept.map(([key, member]) => [key, without(member, field)]));
}
