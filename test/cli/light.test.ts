import { describe, expect, it } from 'vitest';
import { drive } from '../../examples/light.js';

describe('examples/light.ts', () => {
  it('turns green only for cars that wait', () => {
    const tick = { type: 'TICK' } as const;
    expect(drive([tick, { type: 'CAR' }, tick, tick, tick, tick])).toEqual([
      'red',
      'red',
      'green',
      'yellow',
      'red',
      'red',
    ]);
  });
});
