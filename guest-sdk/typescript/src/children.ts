/** Workflows that this one starts and answers for. */

import type { ChildCommand, Execution } from './contract.js';
import { deferred } from './deferred.js';
import type { SignalDefinition, Workflow, WorkflowResultType } from './definitions.js';
import { type Duration, optionalMilliseconds } from './duration.js';
import { signalExternal } from './external.js';
import { WorkflowExecutionAlreadyStartedError } from './failures.js';
import { host } from './host.js';
import { Operation } from './operations.js';
import { type Priority, priorityRecord, type RetryPolicy, retryRecord } from './options.js';
import { encodeAll, encodeProperties, encodeText } from './payloads.js';
import { nameOf } from './registry.js';
import { type SearchAttributePair, type SearchAttributes, searchAttributePayloads, type TypedSearchAttributes } from './search_attributes.js';

/** What becomes of a child when its parent closes. */
export const ParentClosePolicy = {
  TERMINATE: 'TERMINATE',
  ABANDON: 'ABANDON',
  REQUEST_CANCEL: 'REQUEST_CANCEL',
} as const;
export type ParentClosePolicy = (typeof ParentClosePolicy)[keyof typeof ParentClosePolicy];

/** What the parent sees once a child is to be cancelled. */
export const ChildWorkflowCancellationType = {
  ABANDON: 'ABANDON',
  TRY_CANCEL: 'TRY_CANCEL',
  WAIT_CANCELLATION_COMPLETED: 'WAIT_CANCELLATION_COMPLETED',
  WAIT_CANCELLATION_REQUESTED: 'WAIT_CANCELLATION_REQUESTED',
} as const;
export type ChildWorkflowCancellationType =
  (typeof ChildWorkflowCancellationType)[keyof typeof ChildWorkflowCancellationType];

/** What becomes of a workflow id that a closed workflow has already used. */
export const WorkflowIdReusePolicy = {
  ALLOW_DUPLICATE: 'ALLOW_DUPLICATE',
  ALLOW_DUPLICATE_FAILED_ONLY: 'ALLOW_DUPLICATE_FAILED_ONLY',
  REJECT_DUPLICATE: 'REJECT_DUPLICATE',
  TERMINATE_IF_RUNNING: 'TERMINATE_IF_RUNNING',
} as const;
export type WorkflowIdReusePolicy = (typeof WorkflowIdReusePolicy)[keyof typeof WorkflowIdReusePolicy];

export interface ChildWorkflowOptions {
  /** The host makes one if there is none. */
  workflowId?: string;
  taskQueue?: string;
  /** `WAIT_CANCELLATION_COMPLETED` if there is none. */
  cancellationType?: ChildWorkflowCancellationType;
  /** `TERMINATE` if there is none. */
  parentClosePolicy?: ParentClosePolicy;
  workflowIdReusePolicy?: WorkflowIdReusePolicy;
  retry?: RetryPolicy;
  cronSchedule?: string;
  memo?: Record<string, unknown>;
  searchAttributes?: SearchAttributes;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes;
  workflowExecutionTimeout?: Duration;
  workflowRunTimeout?: Duration;
  workflowTaskTimeout?: Duration;
  /** One line that tools show beside the child. */
  staticSummary?: string;
  staticDetails?: string;
  priority?: Priority;
}

/** Options with the arguments that the workflow takes. */
export type WithWorkflowArgs<W extends Workflow, T> = T &
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as wide as authors' functions are
  (Parameters<W> extends [any, ...any[]] ? { args: Parameters<W> | Readonly<Parameters<W>> }
  : { args?: Parameters<W> | Readonly<Parameters<W>> });

/** A child that has begun. */
export interface ChildWorkflowHandle<T extends Workflow> {
  readonly workflowId: string;
  /** Of its first run, be it retried or continued as new. */
  readonly firstExecutionRunId: string;
  /** What it gives. */
  result(): Promise<WorkflowResultType<T>>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as wide as authors' functions are
  signal<Args extends any[] = []>(def: SignalDefinition<Args> | string, ...args: Args): Promise<void>;
}

type NoArguments = () => Promise<unknown>;

/** Starts a child, and waits until it has begun. */
export function startChild<T extends Workflow>(
  workflow: string | T,
  options: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<ChildWorkflowHandle<T>>;
export function startChild<T extends NoArguments>(workflow: string | T): Promise<ChildWorkflowHandle<T>>;
export async function startChild<T extends Workflow>(
  workflow: string | T,
  options?: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<ChildWorkflowHandle<T>> {
  const child = start(workflow, options);
  const { workflowId, runId } = await child.started;
  return {
    workflowId,
    firstExecutionRunId: runId,
    result: () => child.result as Promise<WorkflowResultType<T>>,
    signal: (def, ...args) => signalExternal({ workflowId, childOnly: true }, def, args),
  };
}

/** Starts a child, and gives what it gives. */
export function executeChild<T extends Workflow>(
  workflow: string | T,
  options: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<WorkflowResultType<T>>;
export function executeChild<T extends NoArguments>(workflow: string | T): Promise<WorkflowResultType<T>>;
export async function executeChild<T extends Workflow>(
  workflow: string | T,
  options?: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<WorkflowResultType<T>> {
  const child = start(workflow, options);
  await child.started;
  return (await child.result) as WorkflowResultType<T>;
}

function start(
  workflow: string | Workflow,
  options: (ChildWorkflowOptions & { args?: readonly unknown[] }) | undefined = {},
): { started: Promise<Execution>; result: Promise<unknown> } {
  const workflowType = nameOf(workflow);
  const command: ChildCommand = {
    workflowType,
    workflowId: options.workflowId,
    taskQueue: options.taskQueue,
    input: encodeAll(options.args ?? []),
    headers: [],
    timeouts: {
      execution: optionalMilliseconds(options.workflowExecutionTimeout),
      run: optionalMilliseconds(options.workflowRunTimeout),
      task: optionalMilliseconds(options.workflowTaskTimeout),
    },
    retryPolicy: retryRecord(options.retry),
    cronSchedule: options.cronSchedule ?? '',
    parentClosePolicy: options.parentClosePolicy ?? ParentClosePolicy.TERMINATE,
    idReusePolicy: options.workflowIdReusePolicy ?? WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    cancellation: options.cancellationType ?? ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    memo: encodeProperties(options.memo ?? {}),
    searchAttributes: searchAttributePayloads(options.searchAttributes, options.typedSearchAttributes),
    priority: priorityRecord(options.priority),
    metadata: { summary: encodeText(options.staticSummary), details: encodeText(options.staticDetails) },
  };
  const child = new Child(command);
  child.begin();
  return { started: child.started.promise, result: child.result.promise };
}

class Child extends Operation {
  readonly started = deferred<Execution>();

  constructor(
    private readonly command: ChildCommand,
    readonly result = deferred<unknown>(),
  ) {
    super(result.resolve, result.reject);
    // Who starts a child need not wait for its result; and a child that never began is told of once.
    this.result.promise.catch(() => {});
  }

  protected ask(): number {
    return host.startChild(this.command);
  }

  override began(execution: Execution): void {
    this.started.resolve(execution);
  }

  override failed(error: Error): void {
    // Without effect if it had begun.
    this.started.reject(error);
    super.failed(error);
  }

  override alreadyStarted(): void {
    const { workflowId = '', workflowType } = this.command;
    const message = 'Workflow execution already started';
    this.failed(new WorkflowExecutionAlreadyStartedError(message, workflowId, workflowType));
  }
}
