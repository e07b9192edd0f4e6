import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command's words go: data to stdout, everything else to stderr. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: AsyncIterable<string | Uint8Array>;
  /** Writes data: what another program may read. */
  out(text: string): void;
  /** Writes talk: what only people read. */
  err(text: string): void;
  /** Colours for each, off where nobody sees them. */
  readonly outColors: Colors;
  readonly errColors: Colors;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export function openTerminal(
  { stdin, stdout, stderr }: { stdin: AsyncIterable<string | Uint8Array>; stdout: Stream; stderr: Stream },
  env: NodeJS.ProcessEnv,
): Terminal {
  return {
    env,
    stdin,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outColors: pc.createColors(isColored(stdout, env)),
    errColors: pc.createColors(isColored(stderr, env)),
  };
}

/** By the conventions of no-color.org and force-color.org: a terminal is coloured unless it was forbidden. */
function isColored(stream: Stream, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
