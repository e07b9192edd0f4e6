import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const src = join(import.meta.dirname, '..', '..', 'src');

/** As strict as a program may be, with this package where a program would find it. */
export const COMPILER_OPTIONS: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  allowArbitraryExtensions: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.es2024.string.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ['node'],
  typeRoots: [join(src, '..', 'node_modules', '@types')],
  paths: {
    detent: [join(src, 'index.ts')],
    'detent/engine': [join(src, 'embed', 'engine.ts')],
    'detent/session': [join(src, 'embed', 'session.ts')],
  },
};

/** Writes these files into a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** What the compiler has against these files of a folder: `file:line message`. */
export function complaints(
  folder: string,
  names: readonly string[],
  more: ts.CompilerOptions = {},
): string[] {
  const files = names.map((name) => join(folder, name));
  const program = ts.createProgram(files, { ...COMPILER_OPTIONS, noEmit: true, ...more });
  return files.flatMap((file, n) => {
    const source = program.getSourceFile(file);
    if (source === undefined) return [`${names[n]}: not found`];
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    if (program.getCompilerOptions().declaration === true) {
      found.push(...program.getDeclarationDiagnostics(source));
    }
    return found.map(({ start = 0, messageText }) => {
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      return `${names[n]}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}
