import { Refused } from '../core/problem.js';
import { thrown } from '../core/thrown.js';
import type { Commit, Release } from '../store/store.js';

/**
 * Commits many at once. Where that fails for what one of them holds, each goes alone, so that the others go
 * on; answers the releases of those that failed, the attempt kept (rule 8). Rejects if the store cannot be
 * used, which is nobody's fault.
 */
export async function commitAll(
  commit: (commits: readonly Commit[]) => Promise<unknown>,
  commits: readonly Commit[],
): Promise<readonly Release[]> {
  if (commits.length === 0) return [];
  try {
    await commit(commits);
    return [];
  } catch (error) {
    if (error instanceof Refused) throw error;
    if (commits.length === 1) return commits.map(({ lease }) => failed(lease, error));
  }
  const releases: Release[] = [];
  for (const each of commits) releases.push(...(await commitAll(commit, [each])));
  return releases;
}

function failed({ instance, token = '' }: Commit['lease'], error: unknown): Release {
  const { name, message } = thrown(error);
  const problem = {
    code: 'commit-failed',
    message: `what its step made cannot be stored: ${name}: ${message}`,
    path: '',
  };
  return { instance, token, giveBack: false, problem };
}
