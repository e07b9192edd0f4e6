import type { Command } from 'commander';
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
    .addHelpText('after', '\nExample:\n  detent check order.yaml workflows/')
    .action((files: string[], options: AnswerOption) => act(check(files, options)));
}

function check(paths: readonly string[], options: AnswerOption): Run {
  return async ({ terminal, languages }) => {
    // Only this command needs the room.
    const { inspectTogether: inspect } = await import('../../analysis/inspect.js');
    const read = { languages: await languages(), inspect };
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
