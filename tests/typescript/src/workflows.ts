/** What tests of workflows need, whatever they are about. */

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { isGrpcServiceError, ServiceError, WorkflowFailedError, type WorkflowHandle } from "@temporalio/client";

import { unique } from "./server.js";

export const hour = 3_600_000;

/** Codes of gRPC. */
export const status = { invalidArgument: 3, notFound: 5, failedPrecondition: 9 };

/** Options to start a workflow of its own, on a task queue of its own. */
export function alone(...args: unknown[]) {
  return { args, workflowId: unique("typescript"), taskQueue: unique("queue") };
}

/** The error with which the run ends. */
export async function failureOf(result: Promise<unknown>): Promise<Error | undefined> {
  try {
    await result;
  } catch (error) {
    assert(error instanceof WorkflowFailedError, `${error}`);
    return error.cause;
  }
  assert.fail("the workflow did not fail");
}

/** The gRPC code with which the call is refused. */
export async function refusalOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
  } catch (error) {
    const cause = error instanceof ServiceError ? error.cause : error;
    assert(isGrpcServiceError(cause), `${error}`);
    return cause.code;
  }
  assert.fail("the call was not refused");
}

/** Waits for what is bound to come, in a test with a time limit of its own. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

/** Waits until the current run of the workflow has that status. */
export async function reaches(handle: WorkflowHandle, status: string): Promise<void> {
  await until(async () => (await handle.describe()).status.name === status);
}

/** What each event of the run is about, such as `timerStartedEventAttributes`. */
export async function kinds(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap((event) =>
    Object.entries(event)
      .filter(([name, value]) => name.endsWith("Attributes") && value)
      .map(([name]) => name.replace("EventAttributes", "")),
  );
}
