import { DEAD_LETTER_MS } from '../core/limits.js';
import type { Problem } from '../core/problem.js';

/** Why a mailbox is parked whose worker never came to say what was wrong. */
export function gaveUp(attempts: number): Problem {
  return {
    code: 'gave-up',
    message: `its workers stopped ${attempts} times without a commit`,
    path: '',
    hint: 'its next event may exhaust memory or never end; mend the definition, then retry the instance',
  };
}

/** Why a mailbox is parked that nobody came for (rule 10). */
export const DEAD_LETTER: Problem = {
  code: 'dead-letter',
  message: `no such instance was created within ${DEAD_LETTER_MS / 3_600_000} hours of its first message`,
  path: '',
};
