/** Runs that go, and one thing done to many of them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { WorkflowNotFoundError } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";

import { client, unique } from "./server.js";
import { alone, until } from "./workflows.js";

const { namespace } = client.options;
const service = client.workflowService;

/** Workflows that collect two items each, and what finds them. */
async function collectors(count: number) {
  const prefix = unique("many");
  const start = (number: number) =>
    client.workflow.start("collector", { ...alone(2), workflowId: `${prefix}-${number}` });
  const handles = await Promise.all(Array.from({ length: count }, (_, number) => start(number)));
  return { handles, visibilityQuery: `WorkflowId STARTS_WITH '${prefix}'` };
}

test("a run is deleted, and its workflow id is free", async () => {
  const { handles } = await collectors(1);
  const [handle] = handles;
  assert(handle);
  const workflowExecution = { workflowId: handle.workflowId };
  await service.deleteWorkflowExecution({ namespace, workflowExecution });
  await assert.rejects(handle.describe(), WorkflowNotFoundError);
  await assert.rejects(service.deleteWorkflowExecution({ namespace, workflowExecution }), /was not found/);
  const options = { ...alone("again"), workflowId: handle.workflowId };
  assert.equal(await client.workflow.execute("echo", options), "again");
});

test("all that a filter finds are signalled", { timeout: 30_000 }, async () => {
  const { handles, visibilityQuery } = await collectors(3);
  const jobId = unique("job");
  const reason = "it is tested";
  const signalOperation = { signal: "collect", input: { payloads: [defaultPayloadConverter.toPayload("one")] } };
  await service.startBatchOperation({ namespace, jobId, visibilityQuery, reason, signalOperation });
  await until(async () => {
    const described = await service.describeBatchOperation({ namespace, jobId });
    return Number(described.completeOperationCount) === handles.length;
  });
  for (const handle of handles) {
    assert.deepEqual(await handle.query("collected"), ["one"]);
    await handle.terminate();
  }
  const again = { namespace, jobId, visibilityQuery, reason, signalOperation };
  await assert.rejects(service.startBatchOperation(again), /choose another job id/);
  const malformed = { namespace, jobId: unique("job"), visibilityQuery: "WorkflowId =", reason, signalOperation };
  await assert.rejects(service.startBatchOperation(malformed), /at character/);
});
