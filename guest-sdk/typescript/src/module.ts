/** The module as the runtime calls it. `entry.ts` hands it the author's exports. */

import './globals/index.js';
import { CancellationScope } from './cancellation.js';
import type { Answer, Encoded, Execution, Failure, Manifest, Pairs, Signal, Start, Update } from './contract.js';
import { errorOf, failureOf } from './failure_layers.js';
import { CancelledFailure } from './failures.js';
import { answerQuery, receiveSignal, receiveUpdate, refuseBufferedUpdates, validateUpdate as validate } from './handlers.js';
import { workflowMetadataQuery } from './metadata.js';
import type { Operation } from './operations.js';
import { endWithError, report } from './outcome.js';
import { decodeAll, encode } from './payloads.js';
import { register, workflowOf, workflowTypes } from './registry.js';
import { currentRun, Run, setCurrentRun, tryCurrentRun } from './run.js';

const SDK = 'mainspring-typescript/0.1.0';

/** Registers the workflows that a module of the author's exports. */
export function registerWorkflows(exported: Record<string, unknown>): void {
  register(exported);
}

/** What is in this module. What its workflows handle is not known before they run, but for what is answered for them all. */
export function describe(): Manifest {
  const queries = [{ name: workflowMetadataQuery.name, description: '' }];
  const each = { description: '', signals: [], queries, updates: [] };
  return { sdk: SDK, workflows: workflowTypes().map((name) => ({ name, ...each })) };
}

/** An activation begins; the first one with the run itself. What is set in motion, here as by all that happened, runs when the host's call has returned. */
export function enter(
  historyLength: number,
  historyBytes: number,
  continueAsNewSuggested: boolean,
  start: Start | undefined,
): void {
  if (start !== undefined) {
    setCurrentRun(new Run(start, new CancellationScope({ cancellable: true }, true)));
  }
  const run = currentRun();
  run.enter(historyLength, historyBytes, continueAsNewSuggested);
  if (start !== undefined) {
    begin(run, start);
  }
}

function begin(run: Run, start: Start): void {
  const story = async (): Promise<unknown> => {
    const workflow = workflowOf(start.workflowType);
    return workflow(...decodeAll(start.input));
  };
  story()
    .then((output) => run.end({ tag: 'complete', output: encode(output) }))
    .catch((error) => endWithError(run, error));
}

/** An operation is over, with or without an output. */
export function completed(operation: number, output?: Encoded): void {
  over(operation)?.completed(output);
}

/** An operation failed, was cancelled, or never began. */
export function failed(operation: number, failure: Failure): void {
  over(operation)?.failed(errorOf(failure));
}

/** The one of that name, of which nothing more will be heard. */
function over(name: number): Operation | undefined {
  const operation = currentRun().operations.get(name);
  operation?.end();
  return operation;
}

/** A child has begun. */
export function childStarted(operation: number, execution: Execution): void {
  currentRun().operations.get(operation)?.began?.(execution);
}

/** Another run holds the id of a child. */
export function childExists(operation: number): void {
  over(operation)?.alreadyStarted?.();
}

export function signalReceived(signal: Signal): void {
  receiveSignal(currentRun(), signal);
}

export function updateRequested(update: Update): void {
  receiveUpdate(currentRun(), update);
}

/** Somebody asks the run to cancel itself, and says why. */
export function cancelRequested(reason: string): void {
  const run = currentRun();
  run.cancelRequested = true;
  run.scope.cancelWith(new CancelledFailure('Workflow cancelled'), reason);
}

/** Nothing moves any more: wakes conditions that have come true, if there are any; else tells the host what came of all. Is there more to run? */
export function settle(): boolean {
  const run = currentRun();
  if (run.conditions.size > 0 && wakeConditions(run)) {
    return true;
  }
  if (run.bufferedUpdates.length > 0) {
    refuseBufferedUpdates(run);
  }
  if (run.rejections.size > 0) {
    const [rejected] = run.rejections.values();
    run.end({ tag: 'block', failure: failureOf(rejected) });
  }
  if (run.outcome !== undefined) {
    report(run, run.outcome);
  }
  return false;
}

function wakeConditions(run: Run): boolean {
  let any = false;
  if (run.outcome !== undefined) {
    return any;
  }
  for (const condition of [...run.conditions]) {
    try {
      if (!condition.holds()) {
        continue;
      }
      condition.resolve();
    } catch (error) {
      condition.reject(error);
    }
    any = true;
  }
  return any;
}

/** A promise was rejected and nobody takes it; or somebody does after all. */
export function rejected(promise: object, reason: unknown, handled: boolean): void {
  const run = tryCurrentRun();
  if (run === undefined) {
    return;
  }
  if (handled) {
    run.rejections.delete(promise);
  } else {
    run.rejections.set(promise, reason);
  }
}

/** Answers a question about the state. */
export function query(name: string, input: Encoded[], _headers: Pairs<Encoded>): Answer {
  return ask((run) => ({ value: answerQuery(run, name, input) }));
}

/** May this update be accepted, in the present state? */
export function validateUpdate(update: Update): Answer {
  return ask((run) => {
    validate(run, update);
    return {};
  });
}

function ask(answer: (run: Run) => Answer): Answer {
  const run = currentRun();
  run.mode = 'question';
  try {
    return answer(run);
  } catch (error) {
    return { failure: failureOf(error) };
  }
}
