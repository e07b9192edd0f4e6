import { isJsonObject, type Json, type JsonObject, own, put } from '../../core/json.js';

/** A built-in action of XState as it is written here, and the member that its own words stood in. */
export interface BuiltIn {
  readonly action: JsonObject;
  readonly key: string;
  /** `params`, or nothing where they stand beside the type. */
  readonly from: string | undefined;
}

/** Members as they are called here, and what XState, and tools that write its JSON, call them. */
type Members = Readonly<Record<string, readonly string[]>>;

const HELD_BACK: Members = { event: ['event'], delay: ['delay'], id: ['id'] };

const ACTIONS: Readonly<Record<string, { readonly key: string; readonly members: Members }>> = {
  'xstate.raise': { key: 'raise', members: HELD_BACK },
  'xstate.sendTo': { key: 'send', members: { to: ['to', 'targetId', 'actorRef'], ...HELD_BACK } },
  'xstate.emit': { key: 'emit', members: { event: ['event'] } },
  'xstate.log': { key: 'log', members: { value: ['value', 'message', 'expr'], label: ['label'] } },
};

/** Built-in actions that have no place here, and what to do instead. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'xstate.spawnChild': 'invoke it in a state',
  'xstate.stopChild': 'what a state invokes ends when the state is left',
  'xstate.enqueueActions': 'write { choose: [{ guard, actions }] }',
};

/** A built-in action by its type, such as `xstate.raise`; undefined where what it is to do was code, and is lost. */
export function builtIn(type: string, written: JsonObject): BuiltIn | undefined {
  const params = own(written, 'params');
  const [given, from] = isJsonObject(params) ? [params, 'params'] : [written, undefined];
  if (type === 'xstate.assign') {
    const fields = own(given, 'assignment') ?? (from === undefined ? undefined : given);
    return isJsonObject(fields) ? { action: { assign: fields }, key: 'assign', from } : undefined;
  }
  if (type === 'xstate.cancel') {
    const id = own(given, 'sendId') ?? own(given, 'id');
    return id === undefined ? undefined : { action: { cancel: id }, key: 'cancel', from };
  }
  const known = Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : undefined;
  if (known === undefined) return undefined;
  const body: Record<string, Json> = {};
  for (const [name, theirs] of Object.entries(known.members)) {
    const value = theirs.map((word) => own(given, word)).find((member) => member !== undefined);
    if (value !== undefined) put(body, name, named(name, value));
  }
  const says = known.key === 'log' ? 'value' : 'event';
  return own(body, says) === undefined ? undefined : { action: { [known.key]: body }, key: known.key, from };
}

/** An event may be its name, and a text names an actor that was invoked. */
function named(member: string, value: Json): Json {
  if (typeof value !== 'string' || value.trim().startsWith('{%')) return value;
  if (member === 'event') return { type: value };
  return member === 'to' && !value.startsWith('#_') ? `#_${value}` : value;
}
