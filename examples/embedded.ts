import { openEngine } from 'detent/engine';
import { light } from './light.js';

/** Runs the light on a database of its own, and answers where it stands. */
export async function run(db: string): Promise<unknown> {
  const engine = await openEngine({ db, definitions: [light] });
  try {
    const { id } = await engine.create('light', { id: 'crossing-1' });
    await engine.send(id, { type: 'CAR', id: 'car-1' });
    await engine.send(id, { type: 'CAR', id: 'car-1' }); // the same car again: a duplicate
    await engine.send(id, { type: 'TICK' }, { wait: '5s' });
    return (await engine.read(id))?.value;
  } finally {
    await engine.close();
  }
}
