import { type Json, utf8Length } from '../../core/json.js';
import { readDefinition, type WorkflowType } from '../compile.js';
import { SCHEMA } from '../fields.js';
import { MAX_AWS_DEFINITION_BYTES, MAX_DIAGNOSTICS } from '../limits.js';
import { type Diagnostic, diagnosticOf, diagnosticText } from './diagnostic.js';
import { jsonFault } from './json-fault.js';

/** What ValidateStateMachineDefinition answers. */
export interface Validation {
  /** FAIL where a state machine cannot be made of it. */
  readonly result: 'OK' | 'FAIL';
  readonly diagnostics: readonly Diagnostic[];
  /** Whether there are more diagnostics than were asked for. */
  readonly truncated: boolean;
}

export interface ValidationOptions {
  readonly type?: WorkflowType | undefined;
  /** The least severe that are listed: ERROR by default. */
  readonly severity?: 'ERROR' | 'WARNING' | undefined;
  /** As many as are listed at most, of 0 to 100; 0 stands for 100. */
  readonly maxResults?: number | undefined;
}

/**
 * What AWS says of a definition's text (Step Functions: ValidateStateMachineDefinition). Beyond AWS, the name of a handler is
 * taken as a Resource.
 *
 * @example
 * validateDefinition('{"States": {"A": {"Type": "Succeed"}}}').diagnostics[0]?.message; // => 'These fields are required: [StartAt]'
 */
export function validateDefinition(text: string, options: ValidationOptions = {}): Validation {
  const all = diagnose(text, options.type);
  const listed = options.severity === 'WARNING' ? all : all.filter(isFatal);
  const most =
    options.maxResults === undefined || options.maxResults === 0 ? MAX_DIAGNOSTICS : options.maxResults;
  return {
    result: all.some(isFatal) ? 'FAIL' : 'OK',
    diagnostics: listed.slice(0, most),
    truncated: listed.length > most,
  };
}

/**
 * The words of InvalidDefinition, with which AWS refuses to create or update a state machine: everything that is wrong, in
 * one line. Undefined if it takes the definition.
 *
 * @example
 * definitionRefusal('{"StartAt": "A"}'); // => "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'"
 */
export function definitionRefusal(text: string, type?: WorkflowType): string | undefined {
  const errors = diagnose(text, type).filter(isFatal);
  if (errors.length === 0) return undefined;
  return `Invalid State Machine Definition: '${errors.map(diagnosticText).join(', ')}'`;
}

function isFatal({ severity }: Diagnostic): boolean {
  return severity === 'ERROR';
}

function diagnose(text: string, type: WorkflowType | undefined): readonly Diagnostic[] {
  if (utf8Length(text) > MAX_AWS_DEFINITION_BYTES) {
    // AWS refuses such a request as a whole, in words that were not recorded.
    const message = `Definition exceeds ${MAX_AWS_DEFINITION_BYTES} bytes`;
    return [{ severity: 'ERROR', code: SCHEMA, message }];
  }
  const source = parse(text);
  if (source === undefined) {
    const { message, location } = jsonFault(text) ?? { message: 'Invalid JSON', location: '' };
    const code = 'INVALID_JSON_DESCRIPTION';
    return [{ severity: 'ERROR', code, message: `${message}\n at ${location}`, location }];
  }
  return readDefinition(source, type).findings.map((finding) => diagnosticOf(source, finding));
}

/** The value of a JSON text; null, which is no definition either, of a blank one. */
function parse(text: string): Json | undefined {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
