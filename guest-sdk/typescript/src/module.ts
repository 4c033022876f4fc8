/** The module as the runtime calls it. `entry.ts` hands it the author's exports. */

import './globals/index.js';
import type { Activation, Answer, Job, Manifest, Pairs, Payload, Start, UpdateJob } from './contract.js';
import { failureOf } from './failure_layers.js';
import { CancelledFailure } from './failures.js';
import { answerQuery, receiveSignal, receiveUpdate, refuseBufferedUpdates, validateUpdate as validate } from './handlers.js';
import type { Report } from './operations.js';
import { endWithError, report } from './outcome.js';
import { fromPayloads, toPayload } from './payloads.js';
import { register, workflowOf, workflowTypes } from './registry.js';
import { currentRun, Run, setCurrentRun, tryCurrentRun } from './run.js';

const SDK = 'mainspring-typescript/0.1.0';

/** Registers the workflows that a module of the author's exports. */
export function registerWorkflows(exported: Record<string, unknown>): void {
  register(exported);
}

/** What is in this module. */
export function describe(): Manifest {
  const nothing = { description: '', signals: [], queries: [], updates: [] };
  return { sdk: SDK, workflows: workflowTypes().map((name) => ({ name, ...nothing })) };
}

/** Takes what happened, in its order. What it sets in motion runs when this has returned. */
export function activate(activation: Activation): void {
  for (const job of activation.jobs) {
    if (job.tag === 'start') {
      setCurrentRun(new Run(job.value));
      currentRun().enter(activation);
      begin(currentRun(), job.value);
    } else {
      currentRun().enter(activation);
      deliver(currentRun(), job);
    }
  }
}

function begin(run: Run, start: Start): void {
  const story = async (): Promise<unknown> => {
    const workflow = workflowOf(start.workflowType);
    return workflow(...fromPayloads(start.input));
  };
  story()
    .then((output) => run.end({ tag: 'complete', output: toPayload(output) }))
    .catch((error) => endWithError(run, error));
}

function deliver(run: Run, job: Exclude<Job, { tag: 'start' }>): void {
  const tell = (operation: number, what: Report): void => run.operations.get(operation)?.(what);
  switch (job.tag) {
    case 'activityResolved':
    case 'childResolved':
      return tell(job.value.operation, { tag: 'resolved', resolution: job.value.resolution });
    case 'timerFired':
      return tell(job.value, { tag: 'fired' });
    case 'childStarted':
      return tell(job.value.operation, { tag: 'started', started: job.value.started });
    case 'externalResolved':
      return tell(job.value.operation, { tag: 'delivered', failure: job.value.failure });
    case 'signalReceived':
      return receiveSignal(run, job.value);
    case 'updateRequested':
      return receiveUpdate(run, job.value);
    case 'cancelRequested':
      run.cancelRequested = true;
      return run.scope.cancelWith(new CancelledFailure('Workflow cancelled'), job.value);
    case 'randomReseeded':
      return undefined;
  }
}

/** Wakes conditions that have come true. Were there any? */
export function unblock(): boolean {
  const run = currentRun();
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

/** Nothing moves any more: tells the host what came of it. */
export function conclude(): void {
  const run = currentRun();
  refuseBufferedUpdates(run);
  const [rejected] = run.rejections.values();
  if (run.rejections.size > 0) {
    run.end({ tag: 'block', failure: failureOf(rejected) });
  }
  report(run);
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
export function query(name: string, input: Payload[], _headers: Pairs<Payload>): Answer {
  return ask((run) => ({ value: answerQuery(run, name, input) }));
}

/** May this update be accepted, in the present state? */
export function validateUpdate(update: UpdateJob): Answer {
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
