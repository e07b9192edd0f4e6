import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten';
import {
  type JavascriptEngine,
  type JavascriptRealm,
  OutOfSteps,
  type RealmLimits,
  ScriptError,
} from '../scxml/ecmascript/engine.js';

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

/** JavaScript in a sandbox of WebAssembly: the package quickjs-emscripten, as it was loaded. */
export class QuickJs implements JavascriptEngine {
  readonly #module: QuickJSWASMModule;

  constructor(module: QuickJSWASMModule) {
    this.#module = module;
  }

  open(limits: RealmLimits): JavascriptRealm {
    return new QuickJsRealm(this.#module.newRuntime(), limits);
  }
}

class QuickJsRealm implements JavascriptRealm {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  #isOver = false;

  constructor(runtime: QuickJSRuntime, { memoryBytes, stackBytes, steps }: RealmLimits) {
    this.#runtime = runtime;
    runtime.setMemoryLimit(memoryBytes);
    runtime.setMaxStackSize(stackBytes);
    let taken = 0;
    runtime.setInterruptHandler(() => {
      taken += 1;
      this.#isOver ||= taken > steps;
      return this.#isOver;
    });
    this.#context = runtime.newContext({ intrinsics: INTRINSICS });
  }

  evaluate(script: string): string {
    if (this.#isOver) throw new OutOfSteps();
    const result = this.#context.evalCode(script, 'script', { type: 'global' });
    if (result.error !== undefined) throw this.#thrown(result.error);
    const type = this.#context.typeof(result.value);
    const text = type === 'undefined' ? '' : this.#context.getString(result.value);
    result.value.dispose();
    return text;
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
    this.#context.dispose();
    this.#runtime.dispose();
  }
}
