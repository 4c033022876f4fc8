/** Starting, awaiting and stopping runs. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { QueryNotRegisteredError, WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import { ApplicationFailure, TerminatedFailure, TimeoutFailure, TimeoutType } from "@temporalio/common";

import { client, withWorker } from "./server.js";
import { alone, failureOf, hour, kinds } from "./workflows.js";

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

test("a request that comes again starts nothing more", async () => {
  const { namespace } = client.options;
  const { workflowId, taskQueue } = alone();
  const request = {
    namespace,
    workflowId,
    workflowType: { name: "idle" },
    taskQueue: { name: taskQueue },
    requestId: workflowId,
  };
  const first = await client.workflowService.startWorkflowExecution(request);
  const again = await client.workflowService.startWorkflowExecution(request);
  assert.equal(again.runId, first.runId);
  const handle = client.workflow.getHandle(workflowId);
  for (let times = 0; times < 2; times += 1) {
    const workflowExecution = { workflowId };
    const signal = { namespace, workflowExecution, signalName: "hello", requestId: "once" };
    await client.workflowService.signalWorkflowExecution(signal);
  }
  assert.equal((await kinds(handle)).filter((kind) => kind === "workflowExecutionSignaled").length, 1);
  await handle.terminate();
});

test("a timer fires", async () => {
  const handle = await client.workflow.start("sleeper", alone(20));
  await handle.result();
  const history = await kinds(handle);
  assert(history.includes("timerStarted") && history.includes("timerFired"));
});

test("time and chance are the run's own", async () => {
  const drawn: unknown[] = [];
  const noop = async (i: number) => i;
  for (const options of [alone(), alone()]) {
    const before = Date.now() - 1_000;
    const draw = () => client.workflow.execute("chance", options);
    const result = (await withWorker(options.taskQueue, { noop }, draw)) as [number, number, string];
    assert(result[0] >= before && result[0] <= Date.now() + 1_000);
    drawn.push(result[1], result[2]);
    // Its guest is gone: it is replayed to be asked, and has drawn the same, or it would be blocked.
    await assert.rejects(client.workflow.getHandle(options.workflowId).query("anything"), QueryNotRegisteredError);
  }
  assert.equal(new Set(drawn).size, 4);
});
