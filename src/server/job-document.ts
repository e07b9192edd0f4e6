import type { Job } from '../core/job.js';
import type { Json } from '../core/json.js';

/** A job as people and programs read it: its input as JSON, not as the text that is stored. */
export interface JobDocument extends Omit<Job, 'input'> {
  readonly input: Json;
}

export function jobDocument(job: Job): JobDocument {
  return { ...job, input: JSON.parse(job.input) as Json };
}
