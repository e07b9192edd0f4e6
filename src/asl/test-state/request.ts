import type { Json, JsonObject } from '../../core/json.js';
import type { HttpRequest, HttpResponse } from './http-exchange.js';

/** How much of the way of data an answer tells: nothing, all of it, and the requests of HTTP tasks as well. */
export const INSPECTION_LEVELS = ['INFO', 'DEBUG', 'TRACE'] as const;

export type InspectionLevel = (typeof INSPECTION_LEVELS)[number];

/** How strictly a mocked result is held against what the service answers: fields that are missing, only those that are there, not at all. */
export const VALIDATION_MODES = ['STRICT', 'PRESENT', 'NONE'] as const;

export type FieldValidationMode = (typeof VALIDATION_MODES)[number];

/** What one state is tested with. Step Functions: TestState, with values in place of JSON texts. */
export interface StateTestRequest {
  /** `{}` if absent. */
  readonly input?: Json;
  readonly inspectionLevel?: InspectionLevel;
  readonly revealSecrets?: boolean;
  /** AWS wants one to test a Task without a mock; here handlers do as well. */
  readonly roleArn?: string;
  /** The state of a whole machine; without it, the definition is the state. */
  readonly stateName?: string;
  readonly variables?: JsonObject;
  /** What stands in the context object instead of what would. */
  readonly context?: JsonObject;
  readonly mock?: StateMock;
  readonly stateConfiguration?: StateConfiguration;
}

/** What the work of a Task, a Map or a Parallel comes to, which is then not done. */
export interface StateMock {
  readonly result?: Json;
  readonly errorOutput?: { readonly error?: string; readonly cause?: string };
  readonly fieldValidationMode?: FieldValidationMode;
}

/** Where in an execution the state is. */
export interface StateConfiguration {
  /** How often the Retrier was used already that takes the mocked error. */
  readonly retrierRetryCount?: number;
  /** The state within a Map or Parallel that the mocked error comes from. */
  readonly errorCausedByState?: string;
  /** How many iterations of a Map have failed. */
  readonly mapIterationFailureCount?: number;
  /** What the ItemReader of a Map reads, as its source has it. */
  readonly mapItemReaderData?: string;
}

/** What became of a state. Step Functions: TestState, with values in place of JSON texts. */
export interface StateTestAnswer {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** Absent where the state ends its machine, or fails. */
  readonly nextState?: string;
  /** Absent at the level INFO. */
  readonly inspectionData?: InspectionData;
}

/** What each step of the way of data left. Step Functions: InspectionData. */
export interface InspectionData {
  readonly input?: Json;
  readonly afterInputPath?: Json;
  readonly afterParameters?: Json;
  readonly afterArguments?: Json;
  readonly result?: Json;
  readonly afterResultSelector?: Json;
  readonly afterResultPath?: Json;
  readonly afterItemsPath?: Json;
  /** What each iteration of a Map is given, where an ItemSelector makes that. */
  readonly afterItemSelector?: Json;
  readonly afterItemBatcher?: Json;
  readonly afterItemsPointer?: Json;
  readonly maxConcurrency?: Json;
  readonly toleratedFailureCount?: Json;
  readonly toleratedFailurePercentage?: Json;
  /** Of an HTTP Task, at TRACE. */
  readonly request?: HttpRequest;
  readonly response?: HttpResponse;
  /** Those that it was tested with, and what it has assigned. */
  readonly variables?: JsonObject;
  readonly errorDetails?: ErrorDetails;
}

/** Which Retrier or Catcher took an error, counted from 0. */
export interface ErrorDetails {
  readonly retryIndex?: number;
  /** The pause before the next attempt, without jitter. */
  readonly retryBackoffIntervalSeconds?: number;
  readonly catchIndex?: number;
}
