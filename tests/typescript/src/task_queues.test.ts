/** What goes first in a task queue, how much may go, and who works on it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { activityInfo } from "@temporalio/activity";
import type { WorkflowHandle } from "@temporalio/client";

import { client, withWorker } from "./server.js";
import { alone, refusalOf, status, until } from "./workflows.js";

const { namespace } = client.options;
const activities = 2;

async function queueOf(name: string) {
  const request = { namespace, taskQueue: { name }, taskQueueType: activities, reportStats: true };
  return client.workflowService.describeTaskQueue(request);
}

test("an activity has the priority of its workflow", async () => {
  const options = alone(1);
  const priority = { priorityKey: 2, fairnessKey: "tenant", fairnessWeight: 2.5 };
  const seen: unknown[] = [];
  const noop = async (i: number) => {
    seen.push(activityInfo().priority);
    return i;
  };
  await withWorker(options.taskQueue, { noop }, () => client.workflow.execute("steps", { ...options, priority }));
  assert.deepEqual(seen, [priority]);
});

test("urgent activities go first", { timeout: 60_000 }, async () => {
  const { taskQueue, workflowId } = alone();
  const keys = [5, 1, 3, 4, 2];
  const handles: WorkflowHandle[] = [];
  for (const priorityKey of keys) {
    const options = { taskQueue, workflowId: `${workflowId}-${priorityKey}`, args: ["note", priorityKey, 1] };
    handles.push(await client.workflow.start("call", { ...options, priority: { priorityKey } }));
  }
  await until(async () => Number((await queueOf(taskQueue)).stats?.approximateBacklogCount) === keys.length);
  // One at once: the next poll comes when the one before it is done.
  const order: number[] = [];
  const note = async (key: number) => {
    order.push(key);
  };
  const limits = { maxConcurrentActivityTaskExecutions: 1, maxConcurrentActivityTaskPolls: 1 };
  await withWorker(taskQueue, { note }, () => Promise.all(handles.map((handle) => handle.result())), limits);
  assert.deepEqual(order, [1, 2, 3, 4, 5]);
});

test("a worker names the rate of its queue, and an operator another", async () => {
  const options = alone(1);
  const rate = async () => (await queueOf(options.taskQueue)).effectiveRateLimit?.requestsPerSecond;
  const noop = async (i: number) => i;
  const run = () => client.workflow.execute("steps", options);
  await withWorker(options.taskQueue, { noop }, run, { maxTaskQueueActivitiesPerSecond: 40 });
  assert.equal(await rate(), 40);
  const set = (requestsPerSecond: number) =>
    client.workflowService.updateTaskQueueConfig({
      namespace,
      taskQueue: options.taskQueue,
      taskQueueType: activities,
      updateQueueRateLimit: { rateLimit: { requestsPerSecond }, reason: "the bank asked for it" },
    });
  await set(5);
  assert.equal(await rate(), 5);
  assert.equal(await refusalOf(set(-1)), status.invalidArgument);
});
