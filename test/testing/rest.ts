import type { World } from '../../src/testing/simulation/world.js';

/** Virtual time between two looks. */
const LOOK_MS = 500;

/** Runs a world until some work is done and all is at rest behind it; false if that takes longer than it may. */
export async function comesToRest(
  world: World,
  work: Promise<void>,
  isAtRest: () => Promise<boolean>,
  limitMs: number,
): Promise<boolean> {
  let done = false;
  void work.then(() => {
    done = true;
  });
  let rested = false;
  const look = async (): Promise<void> => {
    rested = done && (await isAtRest());
    if (!rested) world.after(LOOK_MS, () => void look());
  };
  void look();
  await world.run(() => rested, limitMs);
  return rested;
}
