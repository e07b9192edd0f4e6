import type { Command } from 'commander';
import type { Language } from '../../core/language.js';
import { isError } from '../../core/problem.js';
import { readDefinitionFiles } from '../../embed/definition-file.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { counted, problemsText } from '../text/problems.js';

export function addCheck(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('check <files...>')
    .description('say everything that is wrong with definitions; files and folders');
  takesJson(command)
    .option('--express', 'check workflows as Express ones, which may wait for nobody')
    .addHelpText('after', '\nExample:\n  detent check order.yaml workflows/')
    .action((files: string[], options: CheckOptions) => act(check(files, options)));
}

interface CheckOptions extends AnswerOption {
  readonly express?: boolean;
}

function check(paths: readonly string[], options: CheckOptions): Run {
  return async ({ terminal, languages }) => {
    // Only this command needs the room.
    const { inspectTogether: inspect } = await import('../../analysis/inspect.js');
    const known = await languages();
    const read = { languages: options.express ? await asExpress(known) : known, inspect };
    const { machines, problems, notes } = await readDefinitionFiles(paths, read);
    const ok = !problems.some(isError);
    const found = machines.map(({ machine, language, file }) => ({ machine, language, file }));
    answer(terminal, options, { ok, machines: found, problems }, () => {
      return problemsText(problems, terminal.outColors);
    });
    if (!options.json) {
      for (const note of notes) terminal.err(`${note}\n`);
      terminal.err(`${counted(machines.length, 'machine')}, ${counted(problems.length, 'problem')}\n`);
    }
    return ok ? EXIT.done : EXIT.failed;
  };
}

async function asExpress(languages: readonly Language[]): Promise<readonly Language[]> {
  const { expressAsl } = await import('../../asl/language.js');
  return languages.map((language) => (language.name === expressAsl.name ? expressAsl : language));
}
