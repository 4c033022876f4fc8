/** Options that several operations have. */

import type { PriorityRecord, RetryRecord } from './contract.js';
import { type Duration, milliseconds, optionalMilliseconds } from './duration.js';

/** When and how often something is tried again. */
export interface RetryPolicy {
  /** Each wait is so many times the last one. 2 if there is none; at least 1. */
  backoffCoefficient?: number;
  /** The first wait. 1 second if there is none. */
  initialInterval?: Duration;
  /** 1: never again. Without a limit if there is none. */
  maximumAttempts?: number;
  maximumInterval?: Duration;
  /** Types of application failures that are not retried. */
  nonRetryableErrorTypes?: string[];
}

/** 1 is the most urgent, 5 the least. */
export interface Priority {
  priorityKey?: number;
  fairnessKey?: string;
  fairnessWeight?: number;
}

const INITIAL_INTERVAL = 1000;
const BACKOFF_COEFFICIENT = 2;

export function retryRecord(policy: RetryPolicy | undefined): RetryRecord | undefined {
  if (policy === undefined) {
    return undefined;
  }
  const { backoffCoefficient = BACKOFF_COEFFICIENT, maximumAttempts } = policy;
  if (!(backoffCoefficient >= 1)) {
    throw new TypeError('a retry policy: backoffCoefficient must be at least 1');
  }
  if (maximumAttempts !== undefined && maximumAttempts !== Infinity && !(Number.isInteger(maximumAttempts) && maximumAttempts > 0)) {
    throw new TypeError('a retry policy: maximumAttempts must be a whole number above 0');
  }
  return {
    initialInterval: policy.initialInterval === undefined ? INITIAL_INTERVAL : milliseconds(policy.initialInterval),
    backoffCoefficient,
    maximumInterval: optionalMilliseconds(policy.maximumInterval),
    maximumAttempts: maximumAttempts === undefined || maximumAttempts === Infinity ? 0 : maximumAttempts,
    nonRetryableKinds: policy.nonRetryableErrorTypes ?? [],
  };
}

export function retryPolicy(record: RetryRecord): RetryPolicy {
  return {
    initialInterval: record.initialInterval,
    backoffCoefficient: record.backoffCoefficient,
    nonRetryableErrorTypes: record.nonRetryableKinds,
    ...(record.maximumInterval === undefined ? {} : { maximumInterval: record.maximumInterval }),
    ...(record.maximumAttempts === 0 ? {} : { maximumAttempts: record.maximumAttempts }),
  };
}

export function priorityRecord(priority: Priority | undefined): PriorityRecord | undefined {
  if (priority === undefined) {
    return undefined;
  }
  const { priorityKey = 0, fairnessKey = '', fairnessWeight = 0 } = priority;
  return { key: priorityKey, fairnessKey, fairnessWeight };
}
