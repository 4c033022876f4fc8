/** Runs that follow each other, and runs that wait. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { WorkflowContinuedAsNewError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";

import { client, withWorker } from "./server.js";
import { alone, failureOf } from "./workflows.js";

const soon = { initialInterval: "10ms", maximumAttempts: 3 } as const;

test("a result is followed through continuations", async () => {
  const options = alone(2);
  const noop = async (i: number) => i;
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("continues", options);
    assert.equal(await handle.result(), "done");
    const first = client.workflow.getHandle(options.workflowId, handle.firstExecutionRunId, { followRuns: false });
    await assert.rejects(first.result(), WorkflowContinuedAsNewError);
    assert.equal((await first.describe()).status.name, "CONTINUED_AS_NEW");
    const last = await client.workflow.getHandle(options.workflowId).describe();
    assert.equal(last.status.name, "COMPLETED");
    assert.notEqual(last.runId, handle.firstExecutionRunId);
    const query = `WorkflowId = '${options.workflowId}' AND ExecutionStatus = 'ContinuedAsNew'`;
    assert.equal((await client.workflow.count(query)).count, 2);
  });
});

test("a workflow is tried again", async () => {
  const options = { ...alone(3), retry: soon };
  const handle = await client.workflow.start("succeeds_at", options);
  assert.equal(await handle.result(), 3);
  const first = client.workflow.getHandle(options.workflowId, handle.firstExecutionRunId);
  assert.equal((await first.describe()).status.name, "FAILED");
});

test("tries come to an end", async () => {
  const failure = await failureOf(client.workflow.execute("succeeds_at", { ...alone(9), retry: soon }));
  assert(failure instanceof ApplicationFailure);
  assert.equal(failure.message, "attempt 3");
});

test("a delayed start waits", async () => {
  const handle = await client.workflow.start("echo", { ...alone(1), startDelay: "1s" });
  const description = await handle.describe();
  assert.equal(description.executionTime?.getTime(), description.startTime.getTime() + 1_000);
  assert.equal(await handle.result(), 1);
});

test("a signal ends the delay", { timeout: 30_000 }, async () => {
  const handle = await client.workflow.start("collector", { ...alone(1), startDelay: "1h" });
  await handle.signal("collect", "only");
  assert.deepEqual(await handle.result(), ["only"]);
});

test("a cron schedule goes on until it is stopped", { timeout: 30_000 }, async () => {
  const options = { ...alone(1), cronSchedule: "@every 1s" };
  const handle = await client.workflow.start("succeeds_at", options);
  const first = client.workflow.getHandle(options.workflowId, handle.firstExecutionRunId, { followRuns: false });
  assert.equal(await first.result(), 1);
  const { events } = await first.fetchHistory();
  const ended = events?.at(-1)?.workflowExecutionCompletedEventAttributes;
  assert(ended?.newExecutionRunId);
  const second = client.workflow.getHandle(options.workflowId, ended.newExecutionRunId, { followRuns: false });
  assert.equal(await second.result(), 1);
  await client.workflow.getHandle(options.workflowId).terminate();
});
