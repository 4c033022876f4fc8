/** Runs that are reset to an earlier event. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { activityInfo } from "@temporalio/activity";
import type { WorkflowHandle } from "@temporalio/client";

import { client, newTenant, push, withWorker } from "./server.js";
import { alone, refusalOf, status, until } from "./workflows.js";

/** Resets the run to an event that has these attributes, the first or a later one, and gives the run that goes on. */
async function reset(
  handle: WorkflowHandle,
  attributes: "workflowTaskCompletedEventAttributes" | "workflowExecutionStartedEventAttributes",
  number = 0,
): Promise<string> {
  const { events } = await handle.fetchHistory();
  const point = events?.filter((event) => event[attributes] != null)[number];
  const answer = await client.workflowService.resetWorkflowExecution({
    namespace: handle.client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId, runId: (await handle.describe()).runId },
    workflowTaskFinishEventId: point?.eventId ?? null,
    reason: "a mistake",
    requestId: `reset of ${handle.workflowId}`,
  });
  return answer.runId;
}

test("a run goes on from an earlier event", async () => {
  const options = alone(2);
  const handle = await client.workflow.start("collector", options);
  await handle.query("collected");
  await handle.signal("collect", "one");
  const runId = await reset(handle, "workflowTaskCompletedEventAttributes");
  const current = client.workflow.getHandle(options.workflowId);
  assert.equal((await current.describe()).runId, runId);
  assert.deepEqual(await current.query("collected"), ["one"]);
  await current.signal("collect", "two");
  assert.deepEqual(await current.result(), ["one", "two"]);
  const base = client.workflow.getHandle(options.workflowId, handle.firstExecutionRunId);
  assert.equal((await base.describe()).status.name, "TERMINATED");
});

test("an impossible event is refused", async () => {
  const handle = await client.workflow.start("idle", alone());
  assert.equal(await refusalOf(reset(handle, "workflowExecutionStartedEventAttributes")), status.invalidArgument);
  await handle.terminate();
});

test("a run that went wrong goes on with a module that is mended", { timeout: 240_000 }, async () => {
  const tenant = await newTenant();
  const { namespace } = tenant.options;
  const options = alone();
  const calls: string[] = [];
  const note = (name: string) => async () => {
    calls.push(name);
  };
  const worked = async () => {
    push("test_guests_swapped", namespace);
    const handle = await tenant.workflow.start("order_of_calls", options);
    await handle.result();
    push("test_guests", namespace);
    await reset(handle, "workflowTaskCompletedEventAttributes");
    await tenant.workflow.getHandle(options.workflowId).result();
  };
  await withWorker(options.taskQueue, { a: note("a"), b: note("b") }, worked, { namespace });
  assert.deepEqual(calls, ["b", "a", "a", "b"]);
});

test("an activity under way begins anew", { timeout: 30_000 }, async () => {
  const options = alone(1);
  const runs: string[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const noop = async (i: number) => {
    runs.push(activityInfo().workflowExecution?.runId ?? "");
    if (runs.length === 1) await released;
    return i;
  };
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("steps", options);
    await until(() => runs.length === 1);
    const runId = await reset(handle, "workflowTaskCompletedEventAttributes");
    await client.workflow.getHandle(options.workflowId, runId).result();
    release();
    assert.deepEqual(runs, [handle.firstExecutionRunId, runId]);
  });
});

test("a child under way tells the run that goes on", { timeout: 30_000 }, async () => {
  const options = alone();
  const childId = `${options.workflowId}-child`;
  const handle = await client.workflow.start("calls_child", { ...options, args: ["collector", childId, 1] });
  const completed = async () => {
    const { events } = await handle.fetchHistory();
    return (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  };
  // The child has begun, and its parent has heard of it.
  await until(async () => (await completed()).length >= 2);
  const runId = await reset(handle, "workflowTaskCompletedEventAttributes", 1);
  await client.workflow.getHandle(childId).signal("collect", "an item");
  assert.deepEqual(await client.workflow.getHandle(options.workflowId, runId).result(), ["an item"]);
});

test("the run before a continuation is reset", { timeout: 30_000 }, async () => {
  const options = alone(1);
  const noop = async (i: number) => i;
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("continues", options);
    assert.equal(await handle.result(), "done");
    const first = client.workflow.getHandle(options.workflowId, handle.firstExecutionRunId);
    const runId = await reset(first, "workflowTaskCompletedEventAttributes");
    assert.equal(await client.workflow.getHandle(options.workflowId, runId).result(), "done");
  });
  assert.equal((await client.workflow.count(`WorkflowId = '${options.workflowId}'`)).count, 4);
});
