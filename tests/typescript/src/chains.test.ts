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

test("signals that a run has not dealt with are carried over to the next", { timeout: 30_000 }, async () => {
  const all = Array.from({ length: 10 }, (_, number) => `item ${number}`);
  const options = alone(all.length, []);
  const handle = await client.workflow.start("carries", options);
  // Each goes to whatever run there is; some come between two runs.
  const current = client.workflow.getHandle(options.workflowId);
  for (const item of all) await current.signal("collect", item);
  assert.deepEqual(await handle.result(), all);
  const query = `WorkflowId = '${options.workflowId}' AND ExecutionStatus = 'ContinuedAsNew'`;
  assert((await client.workflow.count(query)).count >= 1);
});

test("the timeouts of a workflow are kept, and told", async () => {
  const timeouts = { workflowExecutionTimeout: "3h", workflowRunTimeout: "2h", workflowTaskTimeout: "7s" } as const;
  const handle = await client.workflow.start("idle", { ...alone(), ...timeouts });
  const { executionConfig } = (await handle.describe()).raw;
  assert.equal(Number(executionConfig?.workflowExecutionTimeout?.seconds), 3 * 3_600);
  assert.equal(Number(executionConfig?.workflowRunTimeout?.seconds), 2 * 3_600);
  assert.equal(Number(executionConfig?.defaultWorkflowTaskTimeout?.seconds), 7);
  await handle.terminate();
});

test("a cron schedule goes by the clocks of its time zone", { timeout: 30_000 }, async () => {
  const options = { ...alone(1), cronSchedule: "CRON_TZ=Asia/Tokyo 0 12 * * *" };
  const handle = await client.workflow.start("echo", options);
  const { executionTime } = await handle.describe();
  // There it is noon at three o'clock, all year.
  assert.equal(executionTime?.getUTCHours(), 3);
  assert.equal(executionTime?.getUTCMinutes(), 0);
  await handle.terminate();
});
