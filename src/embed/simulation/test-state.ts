import { readRequest } from '../../asl/test-state/read-request.js';
import type { StateTestAnswer } from '../../asl/test-state/request.js';
import { checkRequest } from '../../asl/test-state/rules.js';
import { StateTest } from '../../asl/test-state/state-test.js';
import { readSubject } from '../../asl/test-state/subject.js';
import type { TaskEffect } from '../../core/effect.js';
import { effectName } from '../../core/identifier.js';
import { JOB_ERRORS, type JobEnd, jobAnswer } from '../../core/job.js';
import type { Json } from '../../core/json.js';
import { HandlersAtWork } from './handlers-at-work.js';
import { type SimulateOptions, type SimulateTerms, simulateTerms } from './simulate-options.js';

/** Who does the work of a Task, and what its chance and its clock are; as in simulations. */
export type StateTestOptions = Pick<
  SimulateOptions,
  'handlers' | 'missingHandlers' | 'now' | 'seed' | 'patienceMs'
>;

/** Tests one state of a source. Throws Refused. */
export async function testSource(
  source: Json,
  asked: unknown,
  options: StateTestOptions,
): Promise<StateTestAnswer> {
  const terms = simulateTerms(options, () => {
    throw new Error('a state that is tested runs no machines');
  });
  const request = readRequest(asked);
  const subject = readSubject(source, request.stateName);
  const isCarriedOut = terms.missing === 'pass-through' || Object.keys(terms.handlers).length > 0;
  checkRequest(subject, request, isCarriedOut);
  const tested = new StateTest(subject, request, terms.now, terms.seed).run();
  if (!('task' in tested)) return tested;
  const end = await carryOut(tested.task, terms);
  return tested.answer(jobAnswer(tested.task.id, end, terms.now));
}

/** A handler that is silent for too long has timed out. */
async function carryOut(task: TaskEffect, terms: SimulateTerms): Promise<JobEnd> {
  const { handlers, missing, now, patienceMs, instance } = terms;
  let end: JobEnd = { status: 'failed', error: JOB_ERRORS.timeout, cause: '' };
  const ended = (_: unknown, it: JobEnd) => {
    end = it;
  };
  const work = new HandlersAtWork({ handlers, missing, ended, beat() {} });
  const jobId = effectName(instance, task.id);
  work.begin({ jobId, instance, task, startedAt: now });
  if (!work.areIdle && !(await work.settled(patienceMs))) work.forget(jobId);
  return end;
}
