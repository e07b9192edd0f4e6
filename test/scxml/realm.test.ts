import type { QuickJSWASMModule } from 'quickjs-emscripten';
import { describe, expect, it, vi } from 'vitest';
import { loadQuickJs, QuickJs } from '../../src/embed/quickjs.js';
import { EngineBroken, OutOfSteps } from '../../src/scxml/ecmascript/engine.js';

const LIMITS = { memoryBytes: 32 * 1_048_576, stackBytes: 96 * 1_024, steps: 20 };
const READY = 'globalThis.ready = { n: 1 }; globalThis.list = [1, 2, 3];';

describe('a realm', () => {
  it('begins as it was made ready, whatever was done in those before', async () => {
    const engine = await QuickJs.create();
    const first = engine.open(LIMITS, READY);
    first.evaluate(`
      ready.n = 2; list.push(4); globalThis.mine = 1; var declared = 1; let scoped = 2;
      Array.prototype.map = () => 'mine'; Object.prototype.mine = 1; delete globalThis.JSON;
      Symbol.for('kept'); class A {}; Object.freeze(Math); /a/.lastIndex = 3;
    `);
    first.close();
    const again = engine.open(LIMITS, READY);
    const seen =
      'JSON.stringify([ready, list, typeof mine, typeof declared, ({}).mine ?? 0, [1].map((n) => n + 1), Object.isFrozen(Math)])';
    expect(again.evaluate(seen)).toBe('[{"n":1},[1,2,3],"undefined","undefined",0,[2],false]');
    expect(again.evaluate('let scoped = 3; class A {}; String(scoped)')).toBe('3');
  });

  it('is bounded anew, and those before are closed by it', async () => {
    const engine = await QuickJs.create();
    const first = engine.open(LIMITS, READY);
    expect(() => first.evaluate('for (;;);')).toThrow(OutOfSteps);
    expect(() => first.evaluate('1')).toThrow(OutOfSteps);
    const second = engine.open(LIMITS, READY);
    expect(second.evaluate("'a'.repeat(3)")).toBe('aaa');
    expect(() => first.evaluate('1')).toThrow('closed');
  });

  it('has its memory back after one that took all of it', async () => {
    const engine = await QuickJs.create();
    const take = 'globalThis.all = []; for (;;) all.push(new Array(100000).fill(all.length));';
    for (let n = 0; n < 3; n++) {
      expect(() => engine.open({ ...LIMITS, steps: 1_000 }, READY).evaluate(take)).toThrow('out of memory');
    }
    expect(engine.open(LIMITS, READY).evaluate("String('x'.repeat(8000000).length)")).toBe('8000000');
  });

  it('that breaks the engine takes nothing with it but itself', async () => {
    const modules: QuickJSWASMModule[] = [];
    const engine = await QuickJs.create(async () => {
      const module = await loadQuickJs();
      modules.push(module);
      return module;
    });
    await vi.waitFor(() => expect(modules).toHaveLength(2));
    const realm = engine.open(LIMITS, READY);
    // What an assertion that does not hold comes to: the memory makes no sense any more.
    new Uint8Array((modules[0] as QuickJSWASMModule).getWasmMemory().buffer).fill(255);
    expect(() => realm.evaluate('ready.n')).toThrow(EngineBroken);
    expect(() => realm.evaluate('ready.n')).toThrow('closed');
    expect(engine.open(LIMITS, READY).evaluate('ready.n')).toBe('1');
    await vi.waitFor(() => expect(modules).toHaveLength(3));
    expect(engine.open(LIMITS, READY).evaluate('ready.n')).toBe('1');
  });
});
