// Checks one file in a process of its own, and tells what that took: the file's path is its argument.
import ts from 'typescript';
import { nanoseconds } from '../processor-clock.mjs';

const program = ts.createProgram([process.argv[2]], {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
});
// Files are read and bound before, as the compiler counts it.
program.getTypeChecker();
const begun = nanoseconds();
const problems = program.getSemanticDiagnostics();
const ms = (nanoseconds() - begun) / 1e6;
if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, ts.createCompilerHost({})));
process.send({ ms, instantiations: program.getInstantiationCount() });
