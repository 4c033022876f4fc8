/** What goes first in a task queue, how much may go, and who works on it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { activityInfo } from "@temporalio/activity";
import type { WorkflowHandle } from "@temporalio/client";

import { client, mainspring, withWorker } from "./server.js";
import { alone, kinds, refusalOf, status, until } from "./workflows.js";

const { namespace } = client.options;
const activities = 2;

/** The next poll comes when the task before it is done. */
const oneAtOnce = { maxConcurrentActivityTaskExecutions: 1, maxConcurrentActivityTaskPolls: 1 };

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
  const order: number[] = [];
  const note = async (key: number) => {
    order.push(key);
  };
  await withWorker(taskQueue, { note }, () => Promise.all(handles.map((handle) => handle.result())), oneAtOnce);
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

test("an activity may have a priority of its own", { timeout: 30_000 }, async () => {
  const count = 4;
  const options = alone(count);
  const handle = await client.workflow.start("ranked", options);
  await until(async () => Number((await queueOf(options.taskQueue)).stats?.approximateBacklogCount) === count);
  const order: number[] = [];
  const noop = async (i: number) => {
    order.push(i);
    return i;
  };
  await withWorker(options.taskQueue, { noop }, () => handle.result(), oneAtOnce);
  assert.deepEqual(order, [1, 2, 3, 4]);
});

test("tenants share a queue by weight", { timeout: 60_000 }, async () => {
  const { taskQueue, workflowId } = alone();
  const tenants = [...Array(12).fill("loud"), ...Array(6).fill("heavy"), ...Array(3).fill("quiet")] as string[];
  const handles: WorkflowHandle[] = [];
  for (const [number, fairnessKey] of tenants.entries()) {
    const options = { taskQueue, workflowId: `${workflowId}-${number}`, args: ["note", fairnessKey, 1] };
    const priority = { fairnessKey, ...(fairnessKey === "heavy" && { fairnessWeight: 2 }) };
    handles.push(await client.workflow.start("call", { ...options, priority }));
  }
  await until(async () => Number((await queueOf(taskQueue)).stats?.approximateBacklogCount) === tenants.length);
  const order: string[] = [];
  const note = async (tenant: string) => {
    order.push(tenant);
  };
  await withWorker(taskQueue, { note }, () => Promise.all(handles.map((handle) => handle.result())), oneAtOnce);
  const first = (tenant: string) => order.slice(0, 12).filter((it) => it === tenant).length;
  assert(first("quiet") === 3 && first("heavy") >= 5, order.join(" "));
});

test("a child has the priority of its parent", { timeout: 30_000 }, async () => {
  const priority = { priorityKey: 4, fairnessKey: "tenant" };
  const options = alone();
  const childId = `${options.workflowId}-child`;
  await client.workflow.execute("calls_child", { ...options, args: ["echo", childId, 1], priority });
  const { raw } = await client.workflow.getHandle(childId).describe();
  assert.equal(raw.workflowExecutionInfo?.priority?.priorityKey, 4);
  assert.equal(raw.workflowExecutionInfo?.priority?.fairnessKey, "tenant");
});

test("priorities that make no sense are refused", async () => {
  for (const priority of [{ fairnessKey: "k".repeat(65) }, { fairnessWeight: -1 }]) {
    const start = client.workflow.start("echo", { ...alone(1), priority });
    assert.equal(await refusalOf(start), status.invalidArgument);
  }
});

test("a queue that an operator has paused hands out nothing until it is resumed", { timeout: 60_000 }, async () => {
  const options = alone(1);
  mainspring("task-queue", "pause", options.taskQueue, "--reason", "the bank is closed");
  let calls = 0;
  const noop = async (i: number) => {
    calls += 1;
    return i;
  };
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("steps", options);
    await until(async () => Number((await queueOf(options.taskQueue)).stats?.approximateBacklogCount) === 1);
    await sleep(200);
    assert.equal(calls, 0);
    mainspring("task-queue", "resume", options.taskQueue);
    await handle.result();
  });
  assert.equal(calls, 1);
});

test("no more activities of a queue run at once than an operator allows", { timeout: 60_000 }, async () => {
  const options = alone(8);
  mainspring("task-queue", "set", options.taskQueue, "--concurrency", "2");
  let running = 0;
  let most = 0;
  const noop = async (i: number) => {
    running += 1;
    most = Math.max(most, running);
    await sleep(20);
    running -= 1;
    return i;
  };
  await withWorker(options.taskQueue, { noop }, () => client.workflow.execute("fanout", options));
  assert.equal(most, 2);
});

test("runs of a type that an operator has paused start, and wait until it is resumed", { timeout: 60_000 }, async () => {
  // No other test has workflows of this type.
  const workflowType = "blob";
  mainspring("workflow-type", "pause", workflowType, "--reason", "too loud");
  const handle = await client.workflow.start(workflowType, alone(3));
  try {
    await sleep(200);
    assert.equal((await handle.describe()).status.name, "RUNNING");
    assert.deepEqual(await kinds(handle), ["workflowExecutionStarted"]);
  } finally {
    mainspring("workflow-type", "resume", workflowType);
  }
  assert.equal(((await handle.result()) as Uint8Array).length, 3);
});

test("workers are listed", { timeout: 60_000 }, async () => {
  const { taskQueue } = alone();
  const noop = async (i: number) => i;
  const query = `TaskQueue = '${taskQueue}'`;
  await withWorker(taskQueue, { noop }, async () => {
    let listed = await client.workflowService.listWorkers({ namespace, query });
    await until(async () => {
      listed = await client.workflowService.listWorkers({ namespace, query });
      return listed.workers.length === 1 || listed.workersInfo.length === 1;
    });
    assert.equal(Number((await client.workflowService.countWorkers({ namespace, query })).count), 1);
  });
});

test("each tenant has a rate of its own", { timeout: 60_000 }, async () => {
  const { taskQueue, workflowId } = alone();
  // The first of each, and then nobody lives to see the next.
  mainspring("task-queue", "set", taskQueue, "--key-rate", "0.00001");
  const order: string[] = [];
  const note = async (tenant: string) => {
    order.push(tenant);
  };
  await withWorker(taskQueue, { note }, async () => {
    const handles: WorkflowHandle[] = [];
    for (const [number, fairnessKey] of ["one", "two", "one", "two"].entries()) {
      const options = { taskQueue, workflowId: `${workflowId}-${number}`, args: ["note", fairnessKey, 1] };
      handles.push(await client.workflow.start("call", { ...options, priority: { fairnessKey } }));
    }
    await until(() => order.length === 2);
    await sleep(200);
    assert.deepEqual([...order].sort(), ["one", "two"]);
    mainspring("task-queue", "set", taskQueue, "--key-rate", "none");
    await Promise.all(handles.map((handle) => handle.result()));
  });
});
