import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule } from 'quickjs-emscripten';
import {
  EngineBroken,
  type JavascriptEngine,
  type JavascriptRealm,
  OutOfSteps,
  type RealmLimits,
  ScriptError,
} from '../scxml/ecmascript/engine.js';
import { MAX_SCRIPT_MEMORY_BYTES } from '../scxml/limits.js';

/** What a realm has of the language. What could look at memory, or answer later, is left out. */
const INTRINSICS = {
  BaseObjects: true,
  Date: true,
  Eval: true,
  StringNormalize: true,
  RegExp: true,
  RegExpCompiler: true,
  JSON: true,
  Proxy: false,
  MapSet: true,
  TypedArrays: false,
  Promise: false,
};

/** What the engine has besides what scripts may take: its stack, above all. */
const OWN_BYTES = 8 * 1_048_576;
const PAGE_BYTES = 65_536;
/** What it begins with, as it was built. */
const FIRST_PAGES = 256;

type Memory = ReturnType<QuickJSWASMModule['getWasmMemory']>;

/** Declared for browsers alone. */
const { Memory } = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory;
    };
  }
).WebAssembly;

/**
 * Another instance of the package's engine. Its memory as a whole is bounded: the engine's own limit counts how often it is asked for
 * memory, and not for how much.
 */
export async function loadQuickJs(): Promise<QuickJSWASMModule> {
  const { newQuickJSWASMModuleFromVariant, newVariant, RELEASE_SYNC } = await import('quickjs-emscripten');
  const maximum = Math.ceil((MAX_SCRIPT_MEMORY_BYTES + OWN_BYTES) / PAGE_BYTES);
  const wasmMemory = new Memory({ initial: FIRST_PAGES, maximum });
  return newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory }));
}

/**
 * JavaScript in a sandbox of WebAssembly: the package quickjs-emscripten. All of its memory is one block of bytes. So a realm is made
 * ready once and its bytes are kept; every further one is those bytes put back, and nothing of what was there before.
 */
export class QuickJs implements JavascriptEngine {
  readonly #load: () => Promise<QuickJSWASMModule>;
  #module: QuickJSWASMModule | undefined;
  /** For when this one breaks, since another one cannot be had at once. */
  #spare: QuickJSWASMModule | undefined;
  #ready: Ready | undefined;
  #open: QuickJsRealm | undefined;

  private constructor(load: () => Promise<QuickJSWASMModule>, module: QuickJSWASMModule) {
    this.#load = load;
    this.#module = module;
  }

  /** `load` gives another instance of WebAssembly each time. */
  static async create(load: () => Promise<QuickJSWASMModule> = loadQuickJs): Promise<QuickJs> {
    const engine = new QuickJs(load, await load());
    engine.#lookForSpare();
    return engine;
  }

  open(limits: RealmLimits, ready: string): JavascriptRealm {
    this.#open?.close();
    if (this.#ready?.isFor(limits, ready) !== true) {
      this.#ready?.dispose();
      this.#ready = new Ready(this.#instance(), limits, ready);
    }
    this.#open = new QuickJsRealm(this.#ready, () => this.#replace());
    return this.#open;
  }

  #instance(): QuickJSWASMModule {
    if (this.#module === undefined) {
      this.#module = this.#spare;
      this.#spare = undefined;
      this.#lookForSpare();
    }
    if (this.#module === undefined) throw new Error('the JavaScript engine broke down, and is loaded again');
    return this.#module;
  }

  #replace(): void {
    this.#module = undefined;
    this.#ready = undefined;
    this.#open = undefined;
    if (this.#spare === undefined) this.#lookForSpare();
  }

  /** Where there is none, the next event that needs it looks again. */
  #lookForSpare(): void {
    this.#load().then(
      (module) => {
        this.#spare = module;
      },
      () => {},
    );
  }
}

/** A realm that is ready to be used, and the bytes that it is made of. */
class Ready {
  readonly context: QuickJSContext;
  /** Asked every ten thousand branches and calls; answers whether that is enough. */
  interrupt: () => boolean = () => false;
  readonly limits: RealmLimits;
  readonly #script: string;
  readonly #memory: Memory;
  readonly #parts: readonly Part[];

  constructor(module: QuickJSWASMModule, limits: RealmLimits, script: string) {
    this.limits = limits;
    this.#script = script;
    const runtime = module.newRuntime();
    runtime.setMemoryLimit(limits.memoryBytes);
    runtime.setMaxStackSize(limits.stackBytes);
    runtime.setInterruptHandler(() => this.interrupt());
    this.context = runtime.newContext({ intrinsics: INTRINSICS });
    this.context.unwrapResult(this.context.evalCode(script, 'prelude', { type: 'global' })).dispose();
    this.#memory = module.getWasmMemory();
    this.#parts = partsOf(new Uint8Array(this.#memory.buffer));
  }

  isFor(limits: RealmLimits, script: string): boolean {
    return this.limits === limits && this.#script === script;
  }

  /** What lies between and behind was never given out, as far as these bytes know. */
  restore(): void {
    const memory = new Uint8Array(this.#memory.buffer);
    for (const { at, bytes } of this.#parts) memory.set(bytes, at);
  }

  dispose(): void {
    this.restore();
    const { runtime } = this.context;
    this.context.dispose();
    runtime.dispose();
  }
}

interface Part {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * Zeros in a row that are nothing but the part of the stack that nobody has used yet, or memory that nobody has asked for: all that a ready
 * realm has is less.
 */
const GAP_BYTES = 1_048_576;

/** Copies of what is not zero, without the gaps between. */
function partsOf(memory: Uint8Array): readonly Part[] {
  const words = new BigUint64Array(memory.buffer);
  const gap = GAP_BYTES / words.BYTES_PER_ELEMENT;
  const parts: Part[] = [];
  let [start, last] = [-1, -1];
  const end = () => {
    if (start < 0) return;
    const [at, to] = [start, last + 1].map((word) => word * words.BYTES_PER_ELEMENT);
    parts.push({ at: at ?? 0, bytes: memory.slice(at, to) });
  };
  for (let word = 0; word < words.length; word++) {
    if (words[word] === 0n) continue;
    if (start < 0 || word - last > gap) {
      end();
      start = word;
    }
    last = word;
  }
  end();
  return parts;
}

class QuickJsRealm implements JavascriptRealm {
  readonly #context: QuickJSContext;
  readonly #broke: () => void;
  #isOpen = true;
  #isOver = false;

  constructor(ready: Ready, broke: () => void) {
    this.#context = ready.context;
    this.#broke = broke;
    const { steps } = ready.limits;
    let taken = 0;
    ready.interrupt = () => {
      taken += 1;
      this.#isOver ||= taken > steps;
      return this.#isOver;
    };
    ready.restore();
  }

  evaluate(script: string): string {
    if (!this.#isOpen) throw new Error('this realm was closed');
    if (this.#isOver) throw new OutOfSteps();
    const result = this.#asked(() => this.#evaluated(script));
    if (typeof result !== 'string') throw result;
    return result;
  }

  #evaluated(script: string): string | Error {
    const result = this.#context.evalCode(script, 'script', { type: 'global' });
    if (result.error !== undefined) return this.#thrown(result.error);
    const type = this.#context.typeof(result.value);
    const text = type === 'undefined' ? '' : this.#context.getString(result.value);
    result.value.dispose();
    return text;
  }

  /** Nothing is thrown by the engine but what it broke down by: its memory is not to be trusted then. */
  #asked<T>(ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      this.close();
      this.#broke();
      throw new EngineBroken(error);
    }
  }

  #thrown(handle: QuickJSHandle): Error {
    const error: unknown = this.#isOver ? undefined : this.#context.dump(handle);
    handle.dispose();
    if (this.#isOver) return new OutOfSteps();
    if (typeof error !== 'object' || error === null) return new ScriptError('Error', String(error), 1, 1);
    const { name, message, stack } = error as Record<string, unknown>;
    const [, line = '1', column = '1'] = /\(?script:(\d+)(?::(\d+))?\)?/.exec(String(stack)) ?? [];
    return new ScriptError(
      String(name ?? 'Error'),
      String(message ?? JSON.stringify(error)),
      Number(line),
      Number(column),
    );
  }

  close(): void {
    this.#isOpen = false;
  }
}
