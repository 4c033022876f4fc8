/** Runs that go, and one thing done to many of them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { WorkflowNotFoundError } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";

import { client, unique } from "./server.js";
import { alone, refusalOf, status, until } from "./workflows.js";

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

test("all that a filter finds are reset, cancelled, terminated and deleted", { timeout: 60_000 }, async () => {
  const { handles, visibilityQuery } = await collectors(3);
  const perform = async (runs: number, operation: object) => {
    const jobId = unique("job");
    const request = { namespace, jobId, visibilityQuery, reason: "it is tested", ...operation };
    await service.startBatchOperation(request);
    await until(async () => {
      const described = await service.describeBatchOperation({ namespace, jobId });
      return Number(described.completeOperationCount) === runs && described.closeTime != null;
    });
    const { operationInfo } = await service.listBatchOperations({ namespace });
    assert(operationInfo.some((info) => info.jobId === jobId));
  };
  const statuses = async () => {
    const { groups } = await client.workflow.count(`${visibilityQuery} GROUP BY ExecutionStatus`);
    return Object.fromEntries(groups.map((group) => [group.groupValues[0], group.count]));
  };
  const count = handles.length;
  // One that has begun has something to be reset to.
  for (const handle of handles) assert.deepEqual(await handle.query("collected"), []);
  await perform(count, { resetOperation: { options: { firstWorkflowTask: {} } } });
  assert.deepEqual(await statuses(), { Terminated: count, Running: count });
  await perform(count, { cancellationOperation: {} });
  await until(async () => (await statuses()).Canceled === count);
  for (const { workflowId } of handles) {
    await client.workflow.start("collector", { ...alone(2), workflowId });
  }
  await perform(count, { terminationOperation: {} });
  assert.deepEqual(await statuses(), { Terminated: 2 * count, Canceled: count });
  await perform(3 * count, { deletionOperation: {} });
  assert.deepEqual(await statuses(), {});
});

test("a batch operation is stopped", { timeout: 30_000 }, async () => {
  const { handles, visibilityQuery } = await collectors(2);
  const jobId = unique("job");
  // After the first, the next would come in a quarter of an hour.
  const slowly = { cancellationOperation: {}, maxOperationsPerSecond: 0.001 };
  await service.startBatchOperation({ namespace, jobId, visibilityQuery, reason: "it is tested", ...slowly });
  const describe = () => service.describeBatchOperation({ namespace, jobId });
  await until(async () => Number((await describe()).completeOperationCount) === 1);
  await service.stopBatchOperation({ namespace, jobId, reason: "enough of it" });
  const described = await describe();
  assert.equal(described.reason, "enough of it");
  assert.equal(Number(described.completeOperationCount), 1);
  assert.equal(await refusalOf(service.stopBatchOperation({ namespace, jobId })), status.notFound);
  for (const handle of handles) {
    if ((await handle.describe()).status.name === "RUNNING") await handle.terminate();
  }
});
