/** Failures between what the contract has, a list of layers, and what JavaScript has, an error and its causes. */

import type { Failure, FailureInfo, FailureLayer } from './contract.js';
import { optionalMilliseconds } from './duration.js';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  type RetryState,
  ServerFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from './failures.js';
import { host, wellFormed } from './host.js';
import { decode, decodeAll, encode, encodeAll } from './payloads.js';

/** As the official SDK says of itself, so that tools read our failures in the same way. */
const SOURCE = 'TypeScriptSDK';

const NO_ERROR = 'A value that is no Error was thrown; throw Errors, so that there is a stack trace';

/** The layers of an error and its causes, the outermost first. What came from the host goes as it came. */
export function failureOf(error: unknown): Failure {
  const layers: Failure = [];
  let next = error;
  while (next !== undefined && next !== null) {
    if (next instanceof TemporalFailure && next.failure !== undefined) {
      layers.push(...next.failure);
      break;
    }
    layers.push(layerOf(next));
    next = next instanceof Error ? next.cause : undefined;
  }
  return layers.length > 0 ? layers : [layerOf(error)];
}

function layerOf(error: unknown): FailureLayer {
  if (!(error instanceof Error)) {
    return layer(`${String(error)} [${NO_ERROR}]`, '', application('Error'));
  }
  return layer(error.message, host.mapStack(error.stack ?? ''), infoOf(error));
}

function layer(message: string, stackTrace: string, info: FailureInfo): FailureLayer {
  return { message: wellFormed(message), source: SOURCE, stackTrace, info };
}

function application(kind: string): FailureInfo {
  return { tag: 'application', value: { kind, nonRetryable: false, benign: false, details: [] } };
}

function infoOf(error: Error): FailureInfo {
  if (error instanceof ApplicationFailure) {
    const value = {
      kind: error.type ?? '',
      nonRetryable: error.nonRetryable ?? false,
      benign: error.category === 'BENIGN',
      details: encodeAll(error.details ?? []),
      nextRetryDelay: optionalMilliseconds(error.nextRetryDelay),
    };
    return { tag: 'application', value };
  }
  if (error instanceof CancelledFailure) {
    return { tag: 'cancelled', value: encodeAll(error.details) };
  }
  if (error instanceof TimeoutFailure) {
    const details = error.lastHeartbeatDetails;
    const lastHeartbeatDetails = details === undefined ? [] : [encode(details)];
    return { tag: 'timeout', value: { kind: error.timeoutType, lastHeartbeatDetails } };
  }
  if (error instanceof TerminatedFailure) {
    return { tag: 'terminated' };
  }
  if (error instanceof ServerFailure) {
    return { tag: 'server', value: error.nonRetryable };
  }
  if (error instanceof ActivityFailure) {
    const { activityType, activityId = '', identity = '', retryState = 'UNSPECIFIED' } = error;
    return { tag: 'activity', value: { activityType, activityId, identity, retryState } };
  }
  if (error instanceof ChildWorkflowFailure) {
    const { workflowType, execution, retryState = 'UNSPECIFIED' } = error;
    return { tag: 'childWorkflow', value: { workflowType, ...execution, retryState } };
  }
  return error instanceof TemporalFailure ? { tag: 'unspecified' } : application(error.name);
}

/** The error of a failure that the host delivers, with its causes beneath. */
export function errorOf(failure: Failure): TemporalFailure {
  let error: TemporalFailure | undefined;
  for (let index = failure.length - 1; index >= 0; index -= 1) {
    const layer = failure[index] as FailureLayer;
    error = errorOfLayer(layer, error);
    error.stack = layer.stackTrace;
    error.failure = failure.slice(index);
  }
  return error ?? new TemporalFailure('a failure without a text');
}

function errorOfLayer({ message, info }: FailureLayer, cause: TemporalFailure | undefined): TemporalFailure {
  switch (info.tag) {
    case 'application': {
      const { kind, nonRetryable, benign, details, nextRetryDelay } = info.value;
      const category = benign ? 'BENIGN' : undefined;
      return new ApplicationFailure(
        message, kind, nonRetryable, decodeAll(details), cause, nextRetryDelay, category,
      );
    }
    case 'cancelled':
      return new CancelledFailure(message || 'Cancelled', decodeAll(info.value), cause);
    case 'timeout': {
      const [details] = info.value.lastHeartbeatDetails;
      const failure = new TimeoutFailure(message, details && decode(details), info.value.kind);
      return Object.assign(failure, { cause });
    }
    case 'terminated':
      return new TerminatedFailure(message, cause);
    case 'server':
      return new ServerFailure(message, info.value, cause);
    case 'activity': {
      const { activityType, activityId, identity, retryState } = info.value;
      return new ActivityFailure(
        message, activityType, activityId, retryState as RetryState, identity, cause,
      );
    }
    case 'childWorkflow': {
      const { workflowType, workflowId, runId, retryState } = info.value;
      const execution = { workflowId, runId };
      return new ChildWorkflowFailure(undefined, execution, workflowType, retryState as RetryState, cause);
    }
    case 'unspecified':
      return new TemporalFailure(message, cause);
  }
}
