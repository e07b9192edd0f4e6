import type { Job } from '../core/job.js';
import type { Json } from '../core/json.js';

/** A job as people and programs read it: its input and output as JSON, not as the texts that are stored. */
export type JobDocument<J extends Job = Job> = Omit<J, 'input' | 'output'> & {
  readonly input: Json;
  readonly output?: Json;
};

export function jobDocument<J extends Job>({ input, output, ...job }: J): JobDocument<J> {
  return {
    ...job,
    input: JSON.parse(input) as Json,
    ...(output === undefined ? {} : { output: JSON.parse(output) as Json }),
  };
}
