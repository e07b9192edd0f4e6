import { isJsonObject, type Json, own } from '../core/json.js';
import { ecmascript } from '../scxml/ecmascript/datamodel.js';
import type { Datamodels } from '../statechart/schema/findings.js';
import { QuickJs } from './quickjs.js';

let loaded: Datamodels = {};
let loading: Promise<void> | undefined;

/** The datamodels that have been loaded. */
export function datamodels(): Datamodels {
  return loaded;
}

/**
 * Loads what a definition needs before it can be checked or compiled: of the datamodel `ecmascript` the package
 * quickjs-emscripten, once. Where that is not installed nothing is loaded, and the definition's problems say so.
 */
export async function prepare({ source }: { readonly source: Json }): Promise<void> {
  if (!isJsonObject(source) || own(source, 'datamodel') !== 'ecmascript') return;
  loading ??= load();
  await loading;
}

async function load(): Promise<void> {
  try {
    loaded = ecmascript(await QuickJs.create());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  }
}
