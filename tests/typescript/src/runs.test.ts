/** Starting, awaiting and stopping runs. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import { ApplicationFailure, TerminatedFailure, TimeoutFailure, TimeoutType } from "@temporalio/common";

import { client } from "./server.js";
import { alone, failureOf, hour } from "./workflows.js";

test("a result comes back as it was sent", async () => {
  const argument = { text: "Ünïcödé ✓", numbers: [1, 2.5, -3], nothing: null };
  assert.deepEqual(await client.workflow.execute("echo", alone(argument)), argument);
});

test("a failure comes back with type and details", async () => {
  const failure = await failureOf(client.workflow.execute("fails", alone("OnPurpose", true)));
  assert(failure instanceof ApplicationFailure);
  assert.equal(failure.type, "OnPurpose");
  assert.equal(failure.message, "asked to fail");
  assert.equal(failure.nonRetryable, true);
  assert.deepEqual(failure.details, ["a detail"]);
});

test("a run that takes too long ends", { timeout: 30_000 }, async () => {
  const options = { ...alone(hour), workflowRunTimeout: "1s" as const };
  const failure = await failureOf(client.workflow.execute("sleeper", options));
  assert(failure instanceof TimeoutFailure);
  assert.equal(failure.timeoutType, TimeoutType.START_TO_CLOSE);
});

test("a run is terminated, and described", { timeout: 30_000 }, async () => {
  const options = { ...alone(hour), memo: { note: "for the tests" } };
  const handle = await client.workflow.start("sleeper", options);
  const running = await handle.describe();
  assert.equal(running.status.name, "RUNNING");
  assert.equal(running.type, "sleeper");
  assert.equal(running.taskQueue, options.taskQueue);
  assert.deepEqual(running.memo, { note: "for the tests" });
  await handle.terminate("enough of it");
  assert((await failureOf(handle.result())) instanceof TerminatedFailure);
  const closed = await handle.describe();
  assert.equal(closed.status.name, "TERMINATED");
  assert(closed.closeTime && closed.closeTime >= closed.startTime);
});

test("a workflow id is taken only once", async () => {
  const options = alone(hour);
  const handle = await client.workflow.start("sleeper", options);
  await assert.rejects(client.workflow.start("sleeper", options), WorkflowExecutionAlreadyStartedError);
  await handle.terminate();
});

test("who may use a workflow id again", async () => {
  const options = alone(hour);
  const first = await client.workflow.start("sleeper", options);
  const existing = await client.workflow.start("sleeper", { ...options, workflowIdConflictPolicy: "USE_EXISTING" });
  assert.equal(existing.firstExecutionRunId, first.firstExecutionRunId);
  const next = await client.workflow.start("sleeper", { ...options, workflowIdConflictPolicy: "TERMINATE_EXISTING" });
  assert.notEqual(next.firstExecutionRunId, first.firstExecutionRunId);
  await next.terminate();
  const refused = client.workflow.start("sleeper", { ...options, workflowIdReusePolicy: "REJECT_DUPLICATE" });
  await assert.rejects(refused, WorkflowExecutionAlreadyStartedError);
});
