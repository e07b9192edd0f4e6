import type { FileMachine } from '../embed/definition-file.js';
import { Failure, Misuse } from './failure.js';

/** The machine of a file that a command is about: the one that was named, or the only one. */
export function chosenMachine(
  machines: readonly FileMachine[],
  name: string | undefined,
  file: string,
): FileMachine {
  const names = machines.map(({ machine }) => machine).join(', ');
  const [only] = machines;
  if (only === undefined) throw new Failure(`there is no machine in ${file}`);
  if (name === undefined) {
    if (machines.length === 1) return only;
    throw new Misuse(`${file} has ${machines.length} machines: choose one with --machine: ${names}`);
  }
  const named = machines.find(({ machine }) => machine === name);
  if (named === undefined) throw new Failure(`there is no machine "${name}" in ${file}: it has ${names}`);
  return named;
}
