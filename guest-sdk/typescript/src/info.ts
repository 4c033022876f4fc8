/** What a workflow knows of itself. */

import { currentContext } from './context.js';
import type { Execution } from './contract.js';
import { errorOf } from './failure_layers.js';
import { type Priority, type RetryPolicy, retryPolicy } from './options.js';
import { decode, decodeProperties } from './payloads.js';
import { currentRun } from './run.js';
import { decodeSearchAttributes, type SearchAttributes, type TypedSearchAttributes } from './search_attributes.js';

export interface ParentWorkflowInfo extends Execution {
  namespace: string;
}

export type RootWorkflowInfo = Execution;

export interface UpdateInfo {
  readonly id: string;
  readonly name: string;
}

export interface WorkflowInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly searchAttributes: SearchAttributes;
  readonly typedSearchAttributes: TypedSearchAttributes;
  readonly memo?: Record<string, unknown>;
  readonly parent?: ParentWorkflowInfo;
  readonly root?: RootWorkflowInfo;
  /** What the last run of a cron schedule gave. */
  readonly lastResult?: unknown;
  /** Why the last run failed. */
  readonly lastFailure?: Error;
  /** Events so far. */
  readonly historyLength: number;
  /** Bytes so far. */
  readonly historySize: number;
  readonly continueAsNewSuggested: boolean;
  readonly taskQueue: string;
  readonly namespace: string;
  readonly firstExecutionRunId: string;
  readonly originalExecutionRunId: string;
  readonly continuedFromExecutionRunId?: string;
  readonly startTime: Date;
  readonly runStartTime: Date;
  readonly executionTimeoutMs?: number;
  readonly executionExpirationTime?: Date;
  readonly runTimeoutMs?: number;
  readonly taskTimeoutMs: number;
  readonly retryPolicy?: RetryPolicy;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly cronSchedule?: string;
  readonly priority?: Priority;
  readonly unsafe: UnsafeWorkflowInfo;
}

export interface UnsafeWorkflowInfo {
  /** Workflow time: there is no other clock here. */
  readonly now: () => number;
  /** Always false: a workflow here cannot tell, and need not. */
  readonly isReplaying: boolean;
}

const TASK_TIMEOUT = 10_000;

export function workflowInfo(): WorkflowInfo {
  const run = currentRun();
  const { info } = run;
  const { untyped, typed } = decodeSearchAttributes(info.searchAttributes);
  return {
    workflowId: info.execution.workflowId,
    runId: info.execution.runId,
    workflowType: run.workflowType,
    searchAttributes: untyped,
    typedSearchAttributes: typed,
    memo: decodeProperties(info.memo),
    ...(info.parent && { parent: { ...info.parent, namespace: info.namespace } }),
    ...(info.root && { root: info.root }),
    ...(info.lastCompletion && { lastResult: decode(info.lastCompletion) }),
    ...(info.lastFailure && { lastFailure: errorOf(info.lastFailure) }),
    historyLength: run.historyLength,
    historySize: run.historyBytes,
    continueAsNewSuggested: run.continueAsNewSuggested,
    taskQueue: info.taskQueue,
    namespace: info.namespace,
    firstExecutionRunId: info.firstRunId,
    originalExecutionRunId: info.originalRunId,
    ...(info.continuedFromRunId !== undefined && { continuedFromExecutionRunId: info.continuedFromRunId }),
    startTime: new Date(info.startTime),
    runStartTime: new Date(info.startTime),
    ...(info.timeouts.execution !== undefined && { executionTimeoutMs: info.timeouts.execution }),
    ...(info.expiration !== undefined && { executionExpirationTime: new Date(info.expiration) }),
    ...(info.timeouts.run !== undefined && { runTimeoutMs: info.timeouts.run }),
    taskTimeoutMs: info.timeouts.task ?? TASK_TIMEOUT,
    ...(info.retryPolicy && { retryPolicy: retryPolicy(info.retryPolicy) }),
    attempt: info.attempt,
    ...(info.cronSchedule !== '' && { cronSchedule: info.cronSchedule }),
    ...(info.priority && {
      priority: {
        priorityKey: info.priority.key,
        fairnessKey: info.priority.fairnessKey,
        fairnessWeight: info.priority.fairnessWeight,
      },
    }),
    unsafe: { now: () => Date.now(), isReplaying: false },
  };
}

/** The update that is being handled, if one is. */
export function currentUpdateInfo(): UpdateInfo | undefined {
  return currentContext()?.update;
}
