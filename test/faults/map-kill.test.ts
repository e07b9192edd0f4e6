import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { childrenOf, DevProcess, freePort, pause } from './dev-process.js';

const ITEMS = 300;
const KILLS = 6;

const dir = mkdtempSync(join(tmpdir(), 'detent-map-kill-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const GET = 'arn:aws:states:::s3:getObject';
const PUT = 'arn:aws:states:::s3:putObject';

/** What is read and worked on leaves a line, what is written a file: nothing else of it outlives the process. */
const handlers = `
import { appendFileSync, writeFileSync } from 'node:fs';
const note = (file, line) => appendFileSync(${JSON.stringify(dir)} + '/' + file, line + '\\n');
export const handlers = {
  ${JSON.stringify(GET)}: () => {
    note('read', 'x');
    return { Body: JSON.stringify(Array.from({ length: ${ITEMS} }, (_, n) => n)) };
  },
  ${JSON.stringify(PUT)}: ({ Key, Body }) => {
    writeFileSync(${JSON.stringify(join(dir, 'bucket'))} + '/' + Key.replaceAll('/', '_'), Body);
    return {};
  },
  work: async (n) => {
    note('work', n);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return n * 2;
  },
};
`;

const definition = {
  StartAt: 'Map',
  States: {
    Map: {
      Type: 'Map',
      MaxConcurrency: 10,
      ItemReader: {
        Resource: GET,
        Parameters: { Bucket: 'b', Key: 'k' },
        ReaderConfig: { InputType: 'JSON' },
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Work',
        States: { Work: { Type: 'Task', Resource: 'work', End: true } },
      },
      ResultWriter: {
        Resource: PUT,
        Parameters: { Bucket: 'b' },
        WriterConfig: { Transformation: 'COMPACT' },
      },
      End: true,
    },
  },
};

function linesOf(file: string): string[] {
  try {
    return readFileSync(join(dir, file), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

describe('a distributed Map whose program is killed while it works', () => {
  it(`gives each item one execution and writes each result, over ${KILLS} kills`, async () => {
    mkdirSync(join(dir, 'bucket'));
    writeFileSync(join(dir, 'handlers.mjs'), handlers);
    writeFileSync(join(dir, 'items.json'), JSON.stringify(definition));
    const db = `sqlite:${join(dir, 'items.db')}`;
    const options = ['--handlers', join(dir, 'handlers.mjs'), '--db', db];
    const dev = new DevProcess(await freePort(), [join(dir, 'items.json'), ...options]);
    const read = async (path: string): Promise<unknown> => (await fetch(`${dev.url}/api/v1${path}`)).json();
    const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
      for (const end = Date.now() + 120_000; Date.now() < end; await pause(20)) if (await holds()) return;
      throw new Error(`it never came to this: ${what}; ${dev.output.slice(-1_000)}`);
    };
    await dev.start();
    try {
      await fetch(`${dev.url}/api/v1/instances`, {
        method: 'POST',
        body: JSON.stringify({ machine: 'items', id: 'run', input: {} }),
      });
      for (let kill = 1; kill <= KILLS; kill++) {
        const begun = (ITEMS * (kill - 1)) / KILLS;
        await until(`${begun} items begun`, () => linesOf('work').length > begun);
        const [worker] = childrenOf(dev.pid);
        if (worker !== undefined) process.kill(worker, 'SIGKILL');
        await dev.signal('SIGKILL');
        await dev.start();
      }
      const status = async () => ((await read('/instances/run')) as { status: string }).status;
      await until('its end', async () => (await status()) !== 'running');
      expect(await read('/instances/run')).toMatchObject({ status: 'succeeded' });
    } finally {
      await dev.signal('SIGTERM');
    }
    const worked = linesOf('work').map(Number);
    expect(new Set(worked).size).toBe(ITEMS);
    // What was at work when it was killed was begun again, and nothing else.
    expect(worked.length).toBeLessThanOrEqual(ITEMS + KILLS * 10);
    const files = readdirSync(join(dir, 'bucket')).filter((name) => name.includes('SUCCEEDED'));
    const results = files.flatMap(
      (name) => JSON.parse(readFileSync(join(dir, 'bucket', name), 'utf8')) as number[],
    );
    expect(results.sort((a, b) => a - b)).toEqual(Array.from({ length: ITEMS }, (_, n) => n * 2));
  }, 300_000);
});
