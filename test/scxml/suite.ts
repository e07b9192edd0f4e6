import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json } from '../../src/core/json.js';

/** What goes in, and where the machine stands then: the ids of its atomic states. */
export interface Script {
  readonly initialConfiguration: readonly string[];
  readonly events: readonly {
    readonly event: { readonly name: string; readonly data?: Json };
    /** Milliseconds before it. */
    readonly after?: number;
    readonly nextConfiguration: readonly string[];
  }[];
}

export interface SuiteCase {
  /** `group/name`. */
  readonly id: string;
  readonly text: string;
  /** Other files of its folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface ScriptedCase extends SuiteCase {
  readonly script: Script & { readonly legacySemantics?: Script };
}

/** What W3C says of a test; it is passed where the document ends in its state `pass`. */
export interface Assertion {
  readonly conformance: string;
  readonly isManual: boolean;
}

export interface Suite {
  readonly scion: readonly ScriptedCase[];
  readonly w3c: readonly (SuiteCase & Assertion)[];
}

const PACKAGE = '@scion-scxml/test-framework@2.0.16';
const FILE = 'scion-scxml-test-framework-2.0.16.tgz';
const SHA512 =
  'e6b45de427452d4ce63da3b8dcd49a9819a1abab96ff49149949de127a9149b023d0588554020d7750df69d524744093fb11cb011089654ee67900f89ea6322b';

/** Where the package is kept once it was fetched. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/scxml-suite');

/**
 * W3C's and SCION's cases, from their npm package. It is fetched by itself when it is needed first, since what it
 * depends on is of no use here; or why it cannot be had.
 */
export function loadSuite(): Suite | { readonly missing: string } {
  const file = join(CACHE, FILE);
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true });
    try {
      const args = ['pack', PACKAGE, '--pack-destination', CACHE, '--silent', '--no-update-notifier'];
      execFileSync('npm', args, { stdio: 'pipe', timeout: 60_000 });
    } catch {
      return { missing: `${PACKAGE} could not be fetched` };
    }
  }
  const archive = readFileSync(file);
  const found = createHash('sha512').update(archive).digest('hex');
  if (found !== SHA512)
    throw new Error(`${file} is not the package that was recorded: its sha512 is ${found}`);
  return suiteOf(filesOf(gunzipSync(archive)));
}

/** The files of a tar archive, by name. */
function filesOf(tar: Buffer): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const field = (at: number, length: number) =>
    tar
      .toString('latin1', at, at + length)
      .replace(/\0[\s\S]*$/, '')
      .trim();
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12), 8);
    const prefix = field(at + 345, 155);
    const name = prefix === '' ? field(at, 100) : `${prefix}/${field(at, 100)}`;
    files.set(name, tar.toString('utf8', at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

const ROOT = 'package/test/';

function suiteOf(files: ReadonlyMap<string, string>): Suite {
  const cases: (SuiteCase & { readonly script: string | undefined })[] = [];
  for (const [name, text] of files) {
    if (!name.startsWith(ROOT) || !name.endsWith('.scxml')) continue;
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    const others = [...files].filter(
      ([other]) => other.startsWith(folder) && !/\.txml\.|\.json$/.test(other),
    );
    cases.push({
      id: name.slice(ROOT.length).replace(/(\.txml)?\.scxml$/, ''),
      text,
      script: files.get(name.replace(/scxml$/, 'json')),
      files: Object.fromEntries(others.map(([other, content]) => [other.slice(folder.length), content])),
    });
  }
  const assertions = assertionsOf(files.get(`${ROOT}w3c-ecma/manifest.xml`) ?? '');
  return {
    scion: cases.flatMap(({ script, ...one }) =>
      one.id.startsWith('w3c-ecma/') || script === undefined
        ? []
        : [{ ...one, script: JSON.parse(script) as Script }],
    ),
    w3c: cases.flatMap(({ script: _, ...one }) => {
      // A test may have further documents, `test303-1` beside `test303`.
      const assertion = assertions.get(one.id.slice('w3c-ecma/'.length).replace(/-\d+$/, ''));
      return assertion === undefined ? [] : [{ ...one, ...assertion }];
    }),
  };
}

/** W3C's manifest: what each document is a test of. */
function assertionsOf(manifest: string): ReadonlyMap<string, Assertion> {
  const found = new Map<string, Assertion>();
  for (const [, attributes = '', inside = ''] of manifest.matchAll(/<test ([^>]*)>([\s\S]*?)<\/test>/g)) {
    const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    for (const [, document = ''] of inside.matchAll(/<start uri="[^"]*?([^/"]+)\.txml"/g)) {
      found.set(document, {
        conformance: attribute('conformance'),
        isManual: attribute('manual') === 'true',
      });
    }
  }
  return found;
}
