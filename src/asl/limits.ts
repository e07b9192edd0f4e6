/** States that one event may run through; then the step asks for a `continue` (rule 6). */
export const MAX_STATES_PER_STEP = 1_000;

/** Steps that the expressions of a state may take together, where a Map has one for each item as well; each has its own bound besides. */
export const MAX_STATE_STEPS = 10_000_000;

/** Steps of expressions after which an event enters no further state; then the step asks for a `continue` (rule 6). */
export const MAX_TURN_STEPS = 10_000_000;

/** Bytes (UTF-8, as JSON text) of an input, an output or a task's result. Step Functions quotas. */
export const MAX_DATA_BYTES = 262_144;

/** Bytes (UTF-8, as JSON text) of all variables of an execution together. Step Functions quotas. */
export const MAX_VARIABLES_BYTES = 10_485_760;

/** The longest MaxDelaySeconds of a Retrier: it is less than 31,622,400, a leap year. States Language: Retrying after error. */
export const MAX_RETRY_DELAY_SECONDS = 31_622_399;

/** Events of one execution's history: the last of them is the failure that says so. Step Functions quotas. */
export const MAX_HISTORY_EVENTS = 25_000;

/** The TimeoutSeconds of a Task that names none, about three years. States Language: Task State. */
export const DEFAULT_TASK_TIMEOUT_SECONDS = 99_999_999;

/** The longest Wait, in seconds; more is "too long". */
export const MAX_WAIT_SECONDS = 2 ** 31 - 1;

/** Characters of a state's name. States Language: States. */
export const MAX_STATE_NAME_LENGTH = 80;

/** Executions of a distributed Map that run at once. Step Functions quotas. */
export const MAX_MAP_RUN_CONCURRENCY = 10_000;

/** Executions that one event begins for a distributed Map; then the step asks for a `continue` (rule 6). */
export const MAX_BEGUN_PER_STEP = 100;

/** Executions of a distributed Map whose results are asked for at once; then the next are. */
export const MAX_GATHERED_AT_ONCE = 1_000;

/** Executions of a distributed Map that one event stops where it has failed; then the step asks for a `continue` (rule 6). */
export const MAX_STOPPED_PER_STEP = 1_000;

/** Bytes (UTF-8, as JSON text) of results that one file of a ResultWriter holds; one that is larger has a file of its own. */
export const RESULT_FILE_BYTES = 262_144;

/** Items that one event gives to executions, where each has many of them. */
export const MAX_ITEMS_PER_STEP = 1_000;

/** Bytes (UTF-8) of the header of a CSV text. Step Functions: ItemReader, CSVHeaderLocation. */
export const MAX_CSV_HEADER_BYTES = 10_240;

/** The largest MaxItems of an ItemReader. Step Functions: ItemReader, MaxItems. */
export const MAX_READ_ITEMS = 100_000_000;

/** Bytes (UTF-8, as JSON text) of an item that is read, with the bracket or comma on both sides of it: what an execution is given. */
export const MAX_ITEM_BYTES = MAX_DATA_BYTES - 1;

/** Bytes (UTF-8, as JSON text) of the items that are kept together where they are not kept in a Map's own state, but for one that takes more. */
export const PORTION_BYTES = 12_288;

/** Items that are kept together so. */
export const MAX_PORTION_ITEMS = 1_000;

/** Portions that are brought to a Map at once: as many as the largest batch is made of, and one that it begins within. */
export const MAX_BROUGHT_PORTIONS = Math.ceil(MAX_DATA_BYTES / PORTION_BYTES) + 1;

/** Bytes (UTF-8, as JSON text) of what was brought that a Map keeps in its state from one event to the next. */
export const KEPT_BYTES = 2 * PORTION_BYTES;

/** Characters of a row, or line, of an object that comes in parts: a backslash before each, and its quotes, leave an item that can be given. */
export const MAX_ROW_LENGTH = 2 * MAX_DATA_BYTES;

/** Characters of an object that can only be read as a whole: JSON, manifests. They are kept in the state of who reads until then. */
export const MAX_WHOLE_TEXT = 4_194_304;

/** Bytes (UTF-8, as JSON text) of items that are made of a text at once. */
export const MAX_PARSED_BYTES = 4_194_304;

/** How long an execution of an Express workflow may take, or of an item whose ExecutionType is EXPRESS. Step Functions quotas. */
export const EXPRESS_TIMEOUT_SECONDS = 300;

/** Items of an inline Map that are worked on at once. Step Functions: Map state in Inline mode. */
export const MAX_INLINE_CONCURRENCY = 40;

/** Characters of a Map's Label. Step Functions: Map state, Label. */
export const MAX_LABEL_LENGTH = 40;

/** Characters of a variable's name. States Language: Variables. */
export const MAX_VARIABLE_NAME_LENGTH = 80;

/** Bytes (UTF-8) of a definition's text that AWS takes. Step Functions quotas. */
export const MAX_AWS_DEFINITION_BYTES = 1_048_576;

/** Diagnostics that ValidateStateMachineDefinition lists, where fewer are not asked for. */
export const MAX_DIAGNOSTICS = 100;

/** How long one state may take that is tested, in milliseconds. Step Functions: TestState. */
export const MAX_TEST_MS = 300_000;
