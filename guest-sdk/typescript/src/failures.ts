/** Failures: what a workflow, an activity, a child or the server reports. The names and fields of `@temporalio/common`. */

import type { Duration } from './duration.js';
import type { Execution, Failure } from './contract.js';

export const TimeoutType = {
  START_TO_CLOSE: 'START_TO_CLOSE',
  SCHEDULE_TO_START: 'SCHEDULE_TO_START',
  SCHEDULE_TO_CLOSE: 'SCHEDULE_TO_CLOSE',
  HEARTBEAT: 'HEARTBEAT',
} as const;
export type TimeoutType = (typeof TimeoutType)[keyof typeof TimeoutType];

/** Why there was no further attempt. */
export const RetryState = {
  IN_PROGRESS: 'IN_PROGRESS',
  NON_RETRYABLE_FAILURE: 'NON_RETRYABLE_FAILURE',
  TIMEOUT: 'TIMEOUT',
  MAXIMUM_ATTEMPTS_REACHED: 'MAXIMUM_ATTEMPTS_REACHED',
  RETRY_POLICY_NOT_SET: 'RETRY_POLICY_NOT_SET',
  INTERNAL_SERVER_ERROR: 'INTERNAL_SERVER_ERROR',
  CANCEL_REQUESTED: 'CANCEL_REQUESTED',
} as const;
export type RetryState = (typeof RetryState)[keyof typeof RetryState];

export const ApplicationFailureCategory = {
  /** Expected: no error to those who watch logs and metrics. */
  BENIGN: 'BENIGN',
} as const;
export type ApplicationFailureCategory = (typeof ApplicationFailureCategory)[keyof typeof ApplicationFailureCategory];

/** What all failures are. One that leaves a workflow fails it; every other error is a bug, and blocks it. */
export class TemporalFailure extends Error {
  /** As it came from the host. */
  failure?: Failure;

  constructor(
    message?: string | null,
    override readonly cause?: Error,
  ) {
    super(message ?? undefined);
  }
}

export interface ApplicationFailureOptions {
  message?: string;
  /** Names the failure for retry policies and handlers. */
  type?: string;
  nonRetryable?: boolean;
  details?: unknown[];
  /** Replaces the delay that the retry policy would give. */
  nextRetryDelay?: Duration;
  cause?: Error;
  category?: ApplicationFailureCategory;
}

/** What code of a workflow or an activity reports. */
export class ApplicationFailure extends TemporalFailure {
  constructor(
    message?: string | null,
    readonly type?: string | null,
    readonly nonRetryable?: boolean | null,
    readonly details?: unknown[] | null,
    cause?: Error,
    readonly nextRetryDelay?: Duration | null,
    readonly category?: ApplicationFailureCategory | null,
  ) {
    super(message, cause);
  }

  /** A failure of an error, with its name as the type and its stack trace. */
  static fromError(error: unknown, overrides?: ApplicationFailureOptions): ApplicationFailure {
    const own = error instanceof Error ? error : new Error(String(error));
    const failure = ApplicationFailure.create({ message: own.message, type: own.name, cause: own, ...overrides });
    if (own.stack !== undefined) {
      failure.stack = own.stack;
    }
    return failure;
  }

  static create(options: ApplicationFailureOptions): ApplicationFailure {
    const { message, type, nonRetryable = false, details, nextRetryDelay, cause, category } = options;
    return new ApplicationFailure(message, type, nonRetryable, details, cause, nextRetryDelay, category);
  }

  /** One that is retried, as far as the retry policy allows. */
  static retryable(message?: string | null, type?: string | null, ...details: unknown[]): ApplicationFailure {
    return new ApplicationFailure(message, type ?? 'Error', false, details);
  }

  /** One that is not retried. */
  static nonRetryable(message?: string | null, type?: string | null, ...details: unknown[]): ApplicationFailure {
    return new ApplicationFailure(message, type ?? 'Error', true, details);
  }
}

/** A failure of the host itself. */
export class ServerFailure extends TemporalFailure {
  constructor(
    message: string | undefined,
    readonly nonRetryable: boolean,
    cause?: Error,
  ) {
    super(message, cause);
  }
}

/** The workflow, or a part of it, was asked to cancel. */
export class CancelledFailure extends TemporalFailure {
  constructor(
    message: string | undefined,
    readonly details: unknown[] = [],
    cause?: Error,
  ) {
    super(message, cause);
  }
}

export class TerminatedFailure extends TemporalFailure {
  constructor(message: string | undefined, cause?: Error) {
    super(message, cause);
  }
}

export class TimeoutFailure extends TemporalFailure {
  constructor(
    message: string | undefined,
    readonly lastHeartbeatDetails: unknown,
    readonly timeoutType: TimeoutType,
  ) {
    super(message);
  }
}

/** An activity failed; the cause says why. */
export class ActivityFailure extends TemporalFailure {
  constructor(
    message: string | undefined,
    readonly activityType: string,
    readonly activityId: string | undefined,
    readonly retryState: RetryState,
    readonly identity: string | undefined,
    cause?: Error,
  ) {
    super(message, cause);
  }
}

/** A child workflow failed; the cause says why. */
export class ChildWorkflowFailure extends TemporalFailure {
  constructor(
    readonly namespace: string | undefined,
    readonly execution: Execution,
    readonly workflowType: string,
    readonly retryState: RetryState,
    cause?: Error,
  ) {
    super('Child Workflow execution failed', cause);
  }
}

/** Another run holds the workflow id. */
export class WorkflowExecutionAlreadyStartedError extends TemporalFailure {
  constructor(
    message: string,
    readonly workflowId: string,
    readonly workflowType: string,
  ) {
    super(message);
  }
}

for (const type of [
  TemporalFailure,
  ApplicationFailure,
  ServerFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  ActivityFailure,
  ChildWorkflowFailure,
  WorkflowExecutionAlreadyStartedError,
]) {
  Object.defineProperty(type.prototype, 'name', { value: type.name, configurable: true, writable: true });
}

/** Is this a cancellation, or an activity or a child that ended in one? */
export function isCancellation(error: unknown): boolean {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) {
    return isCancellation(error.cause);
  }
  return error instanceof CancelledFailure;
}

/** The message of what is at the bottom of a failure. */
export function rootCause(error: unknown): string | undefined {
  if (error instanceof TemporalFailure && error.cause !== undefined) {
    return rootCause(error.cause);
  }
  return error instanceof Error ? error.message : typeof error === 'string' ? error : undefined;
}

/** The failure itself, or an application failure of what else was thrown. */
export function ensureTemporalFailure(error: unknown): TemporalFailure {
  return error instanceof TemporalFailure ? error : ensureApplicationFailure(error);
}

export function ensureApplicationFailure(error: unknown): ApplicationFailure {
  return error instanceof ApplicationFailure ? error : ApplicationFailure.fromError(error);
}
