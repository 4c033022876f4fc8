/** Runs that are reset to an earlier event. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { WorkflowHandle } from "@temporalio/client";

import { client } from "./server.js";
import { alone, refusalOf, status } from "./workflows.js";

/** Resets the workflow's current run to the first event that has these attributes, and gives the run that goes on. */
async function reset(
  handle: WorkflowHandle,
  attributes: "workflowTaskCompletedEventAttributes" | "workflowExecutionStartedEventAttributes",
): Promise<string> {
  const { events } = await handle.fetchHistory();
  const point = events?.find((event) => event[attributes] != null);
  const answer = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId },
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
