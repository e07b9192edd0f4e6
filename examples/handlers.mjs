/** Raised where trying again may help: the workflow's Retry knows it by its name. */
class Unavailable extends Error {
  name = 'Unavailable';
}

/**
 * What the examples ask for, by task name. A handler may be called again for the same job, after a crash
 * above all; so what it makes is named after the job, and making it twice changes nothing.
 */
export const handlers = {
  pack: async ({ worth }, { jobId }) => {
    return { parcel: `parcel-${jobId.replaceAll('/', '-')}`, insured: worth > 100 };
  },

  // The first attempt always fails, so that the retry can be seen.
  'open-account': async ({ email, attempt }) => {
    if (attempt === 0) throw new Unavailable('the bank does not answer');
    return { owner: email, number: `ACC-${email.length.toString().padStart(6, '0')}` };
  },

  'find-adviser': async ({ account }) => ({ name: 'Ada', for: account.number }),

  'send-welcome': async ({ email, account, adviser }) => {
    return { to: email, account: account.number, from: adviser?.name ?? 'all of us' };
  },
};
