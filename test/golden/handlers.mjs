/**
 * What carries out the tasks of the golden machines. The first two are missing while the files are made, so
 * that jobs are left behind which nobody has begun, or which somebody has begun and not ended.
 */
const later = {
  held: async (input) => ({ held: input }),
  unowned: async (input) => ({ owned: input }),
};

const early = {
  pack: async ({ worth }, { jobId }) => ({
    parcel: `parcel-${jobId.replaceAll('/', '-')}`,
    insured: worth > 100,
  }),
  echo: async (input) => input,
  double: async (input) => input * 2,
  failing: async (input) => {
    throw Object.assign(new Error(`no luck with ${JSON.stringify(input)}`), { name: 'Unlucky' });
  },
  // Fails as often as its input says.
  flaky: async ({ attempt, failures, ...rest }) => {
    if (attempt < failures) throw Object.assign(new Error('once more'), { name: 'Unavailable' });
    return { attempt, ...rest };
  },
};

export const handlers = { ...early, ...later };
export const earlyHandlers = early;
