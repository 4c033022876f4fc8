/** Activities that are reset or given other options while they are under way, by calls of the raw service. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { activityInfo, Context } from "@temporalio/activity";

import { actOnSecondAttempt, pending } from "./second_attempt.js";
import { client, unique, withWorker } from "./server.js";
import { alone, hour, refusalOf, status, until } from "./workflows.js";

const { namespace } = client.options;
const service = client.workflowService;

test("an activity that is reset begins with its first attempt", { timeout: 30_000 }, async () => {
  await actOnSecondAttempt((activity) => service.resetActivity(activity));
});

test("a running attempt hears of a pause and of a reset", { timeout: 30_000 }, async () => {
  const attempts: number[] = [];
  const details: unknown[] = [];
  const told: unknown[] = [];
  const options = alone(hour);
  const execution = { workflowId: options.workflowId };
  const slow = async () => {
    attempts.push(activityInfo().attempt);
    details.push(activityInfo().heartbeatDetails ?? null);
    if (attempts.length === 3) return "done";
    try {
      for (;;) {
        Context.current().heartbeat(attempts.length);
        await Context.current().sleep(20);
      }
    } catch (error) {
      const why = Context.current().cancellationDetails;
      told.push([why?.paused, why?.reset]);
      throw error;
    }
  };
  await withWorker(options.taskQueue, { slow }, async () => {
    const handle = await client.workflow.start("race", options);
    await until(() => attempts.length === 1);
    await service.pauseActivity({ namespace, execution, type: "slow" });
    await until(async () => (await pending(options.workflowId))?.attempt === 2);
    await service.unpauseActivity({ namespace, execution, unpauseAll: true });
    await until(() => attempts.length === 2);
    await service.resetActivity({ namespace, execution, matchAll: true, resetHeartbeat: true });
    assert.equal(await handle.result(), "done");
  });
  assert.deepEqual(told, [
    [true, false],
    [false, true],
  ]);
  assert.deepEqual(attempts, [1, 2, 1]);
  assert.deepEqual(details, [null, 1, null]);
});

test("an activity that waits is given other options, and another queue", { timeout: 30_000 }, async () => {
  const options = alone(1);
  const execution = { workflowId: options.workflowId };
  let limit = 0;
  const noop = async (i: number) => {
    limit = activityInfo().startToCloseTimeoutMs;
    return i;
  };
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("steps", { ...options, taskQueue: unique("unattended") });
    await until(async () => (await pending(options.workflowId)) !== undefined);
    const updated = await service.updateActivityOptions({
      namespace,
      execution,
      id: "1",
      activityOptions: { taskQueue: { name: options.taskQueue }, startToCloseTimeout: { seconds: 7 as never } },
      updateMask: { paths: ["task_queue.name", "start_to_close_timeout"] },
    });
    assert.equal(updated.activityOptions?.taskQueue?.name, options.taskQueue);
    await handle.result();
  });
  assert.equal(limit, 7_000);
});

test("what no run has cannot be operated on", async () => {
  const options = alone();
  const handle = await client.workflow.start("idle", options);
  const execution = { workflowId: options.workflowId };
  assert.equal(await refusalOf(service.resetActivity({ namespace, execution, id: "1" })), status.notFound);
  assert.equal(await refusalOf(service.pauseActivity({ namespace, execution, type: "noop" })), status.notFound);
  await handle.terminate();
});
