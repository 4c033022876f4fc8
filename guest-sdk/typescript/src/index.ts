/**
 * Write Mainspring workflows in TypeScript. The names, types and behaviour are those of `@temporalio/workflow`.
 *
 * @module
 */

export {
  ActivityCancellationType,
  type ActivityFunction,
  type ActivityFunctionWithOptions,
  type ActivityInterface,
  type ActivityInterfaceFor,
  type ActivityOptions,
  type LocalActivityFunctionWithOptions,
  type LocalActivityInterfaceFor,
  type LocalActivityOptions,
  proxyActivities,
  proxyLocalActivities,
  scheduleActivity,
  scheduleLocalActivity,
  type UntypedActivities,
} from './activities.js';
export { CancellationScope, type CancellationScopeOptions } from './cancellation.js';
export {
  ChildWorkflowCancellationType,
  type ChildWorkflowHandle,
  type ChildWorkflowOptions,
  executeChild,
  ParentClosePolicy,
  startChild,
  type WithWorkflowArgs,
  WorkflowIdReusePolicy,
} from './children.js';
export { condition } from './conditions.js';
export { AsyncLocalStorage } from './context.js';
export { ContinueAsNew, continueAsNew, type ContinueAsNewOptions, makeContinueAsNewFunc } from './continuation.js';
export type { Payload } from './contract.js';
export {
  type DefaultQueryHandler,
  type DefaultSignalHandler,
  type DefaultUpdateHandler,
  defineQuery,
  defineSignal,
  defineUpdate,
  type Handler,
  HandlerUnfinishedPolicy,
  type QueryDefinition,
  type QueryHandlerOptions,
  type SignalDefinition,
  type SignalHandlerOptions,
  type UpdateDefinition,
  type UpdateHandlerOptions,
  type Workflow,
  type WorkflowQueryType,
  type WorkflowResultType,
  type WorkflowReturnType,
  type WorkflowSignalType,
} from './definitions.js';
export type { Duration, StringValue } from './duration.js';
export { DeterminismViolationError, IllegalStateError, ValueError, WorkflowError } from './errors.js';
export { type ExternalWorkflowHandle, getExternalWorkflowHandle } from './external.js';
export {
  ActivityFailure,
  ApplicationFailure,
  ApplicationFailureCategory,
  type ApplicationFailureOptions,
  CancelledFailure,
  ChildWorkflowFailure,
  ensureApplicationFailure,
  ensureTemporalFailure,
  isCancellation,
  RetryState,
  rootCause,
  ServerFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
  TimeoutType,
  WorkflowExecutionAlreadyStartedError,
} from './failures.js';
export {
  allHandlersFinished,
  setDefaultQueryHandler,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
} from './handlers.js';
export {
  currentUpdateInfo,
  type ParentWorkflowInfo,
  type RootWorkflowInfo,
  type UnsafeWorkflowInfo,
  type UpdateInfo,
  type WorkflowInfo,
  workflowInfo,
} from './info.js';
export { log, type WorkflowLogger } from './log.js';
export { stackTraceQuery, workflowMetadataQuery } from './metadata.js';
export type { Priority, RetryPolicy } from './options.js';
export { defaultPayloadConverter, type PayloadConverter, RawValue } from './payloads.js';
export { uuid4 } from './random.js';
export { inWorkflowContext } from './run.js';
export {
  defineSearchAttributeKey,
  type SearchAttributeKey,
  type SearchAttributePair,
  type SearchAttributes,
  SearchAttributeType,
  type SearchAttributeUpdatePair,
  type SearchAttributeValue,
  TypedSearchAttributes,
} from './search_attributes.js';
export { sleep, type TimerOptions } from './timers.js';
export { Trigger } from './trigger.js';
export { deprecatePatch, patched } from './versions.js';
export { getCurrentDetails, setCurrentDetails, upsertMemo, upsertSearchAttributes } from './visibility.js';
