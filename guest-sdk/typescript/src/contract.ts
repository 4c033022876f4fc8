/**
 * The contract's records, as the runtime hands them over; the twins of `/wit` and of `runtime-src/src/convert`.
 * Times are milliseconds; what is `undefined` is absent.
 */

/** A name and its value, as they stand in a list that has each name once. */
export type Pairs<T> = [string, T][];

/** A value as a converter encoded it. Metadata that is no text is an `Uint8Array`. */
export interface Payload {
  metadata: Pairs<string | Uint8Array>;
  data: Uint8Array;
}

/** A payload as it crosses: plain JSON, as nearly all are, by its text alone. */
export type Encoded = string | Payload;

export type TimeoutKind = 'START_TO_CLOSE' | 'SCHEDULE_TO_START' | 'SCHEDULE_TO_CLOSE' | 'HEARTBEAT';

export type RetryStateName =
  | 'UNSPECIFIED'
  | 'IN_PROGRESS'
  | 'NON_RETRYABLE_FAILURE'
  | 'TIMEOUT'
  | 'MAXIMUM_ATTEMPTS_REACHED'
  | 'RETRY_POLICY_NOT_SET'
  | 'INTERNAL_SERVER_ERROR'
  | 'CANCEL_REQUESTED';

export type FailureInfo =
  | {
      tag: 'application';
      value: {
        kind: string;
        nonRetryable: boolean;
        benign: boolean;
        details: Encoded[];
        nextRetryDelay?: number | undefined;
      };
    }
  | { tag: 'cancelled'; value: Encoded[] }
  | { tag: 'terminated' }
  | { tag: 'timeout'; value: { kind: TimeoutKind; lastHeartbeatDetails: Encoded[] } }
  | { tag: 'server'; value: boolean }
  | {
      tag: 'activity';
      value: { activityType: string; activityId: string; identity: string; retryState: RetryStateName };
    }
  | {
      tag: 'childWorkflow';
      value: { workflowType: string; workflowId: string; runId: string; retryState: RetryStateName };
    }
  | { tag: 'unspecified' };

/** One layer of a failure; the next one in the list caused it. */
export interface FailureLayer {
  message: string;
  source: string;
  stackTrace: string;
  encodedAttributes?: Encoded | undefined;
  info: FailureInfo;
}

export type Failure = FailureLayer[];

export interface Execution {
  workflowId: string;
  runId: string;
}

export interface Timeouts {
  execution?: number | undefined;
  run?: number | undefined;
  task?: number | undefined;
}

export interface RetryRecord {
  initialInterval: number;
  backoffCoefficient: number;
  maximumInterval?: number | undefined;
  maximumAttempts: number;
  nonRetryableKinds: string[];
}

export interface PriorityRecord {
  key: number;
  fairnessKey: string;
  fairnessWeight: number;
}

export interface UserMetadata {
  summary?: Encoded | undefined;
  details?: Encoded | undefined;
}

export interface RunInfo {
  namespace: string;
  execution: Execution;
  taskQueue: string;
  startTime: number;
  attempt: number;
  timeouts: Timeouts;
  expiration?: number;
  retryPolicy?: RetryRecord;
  cronSchedule: string;
  parent?: Execution;
  root?: Execution;
  firstRunId: string;
  originalRunId: string;
  continuedFromRunId?: string;
  lastCompletion?: Encoded;
  lastFailure?: Failure;
  memo: Pairs<Encoded>;
  searchAttributes: Pairs<Encoded>;
  priority?: PriorityRecord;
}

export interface Start {
  workflowType: string;
  input: Encoded[];
  headers: Pairs<Encoded>;
  info: RunInfo;
}

export interface Signal {
  name: string;
  input: Encoded[];
}

export interface Update {
  id: string;
  name: string;
  input: Encoded[];
}

export interface HandlerDefinition {
  name?: string | undefined;
  description: string;
}

export interface Manifest {
  sdk: string;
  workflows: {
    name?: string | undefined;
    description: string;
    signals: HandlerDefinition[];
    queries: HandlerDefinition[];
    updates: HandlerDefinition[];
  }[];
}

/** What a query or a validation gives. */
export interface Answer {
  value?: Encoded;
  failure?: Failure;
}

/** How an activity is called: all of the command but its type and its input. */
export interface ActivitySettings {
  activityId?: string | undefined;
  taskQueue?: string | undefined;
  scheduleToClose?: number | undefined;
  scheduleToStart?: number | undefined;
  startToClose?: number | undefined;
  heartbeat?: number | undefined;
  retryPolicy?: RetryRecord | undefined;
  cancellation: string;
  local: boolean;
  priority?: PriorityRecord | undefined;
  summary?: Encoded | undefined;
}

export interface ChildCommand {
  workflowType: string;
  workflowId?: string | undefined;
  taskQueue?: string | undefined;
  input: Encoded[];
  headers: Pairs<Encoded>;
  timeouts: Timeouts;
  retryPolicy?: RetryRecord | undefined;
  cronSchedule: string;
  parentClosePolicy: string;
  idReusePolicy: string;
  cancellation: string;
  memo: Pairs<Encoded>;
  searchAttributes: Pairs<Encoded>;
  priority?: PriorityRecord | undefined;
  metadata: UserMetadata;
}

export interface Target {
  workflowId: string;
  runId?: string | undefined;
  childOnly: boolean;
}

export interface Continuation {
  workflowType?: string | undefined;
  taskQueue?: string | undefined;
  input: Encoded[];
  headers: Pairs<Encoded>;
  timeouts: Timeouts;
  retryPolicy?: RetryRecord | undefined;
  memo?: Pairs<Encoded> | undefined;
  searchAttributes?: Pairs<Encoded> | undefined;
  backoff?: number | undefined;
}

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
