/** Activities that end elsewhere: their function gives up its place, and somebody tells later how they ended. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { activityInfo, CompleteAsyncError } from "@temporalio/activity";
import { ActivityCancelledError, ActivityFailure, ActivityNotFoundError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";

import { client, withWorker } from "./server.js";
import { alone, failureOf, until } from "./workflows.js";

type Elsewhere = { taskToken: Uint8Array; workflowId: string; runId: string; activityId: string };

/** Activities that leave, and where they went. */
function leaving() {
  const left: Elsewhere[] = [];
  const leave = async () => {
    const { taskToken, workflowExecution, activityId } = activityInfo();
    assert(workflowExecution);
    left.push({ taskToken, ...workflowExecution, activityId });
    throw new CompleteAsyncError();
  };
  const next = async () => {
    await until(() => left.length > 0);
    return left.shift()!;
  };
  return { activities: { noop: leave, slow: leave, cleanup: leave }, next };
}

/** The two ways to say which activity is meant. */
const ways = {
  "by token": ({ taskToken }: Elsewhere) => taskToken as any,
  "by id": ({ workflowId, runId, activityId }: Elsewhere) => ({ workflowId, runId, activityId }) as any,
};

for (const [way, named] of Object.entries(ways)) {
  test(`an activity is completed ${way}`, { timeout: 30_000 }, async () => {
    const options = alone(1);
    const { activities, next } = leaving();
    await withWorker(options.taskQueue, activities, async () => {
      const handle = await client.workflow.start("fanout", { ...options, args: [1] });
      const elsewhere = named(await next());
      await client.activity.heartbeat(elsewhere, "half");
      await client.activity.complete(elsewhere, 42);
      assert.equal(await handle.result(), 42);
      await assert.rejects(client.activity.complete(elsewhere, 43), ActivityNotFoundError);
      await assert.rejects(client.activity.heartbeat(elsewhere), ActivityNotFoundError);
    });
  });

  test(`an activity is failed ${way}`, { timeout: 30_000 }, async () => {
    const options = alone(1);
    const { activities, next } = leaving();
    await withWorker(options.taskQueue, activities, async () => {
      const handle = await client.workflow.start("steps", options);
      await client.activity.fail(named(await next()), ApplicationFailure.nonRetryable("over there", "Elsewhere"));
      const failure = await failureOf(handle.result());
      assert(failure instanceof ActivityFailure);
      assert(failure.cause instanceof ApplicationFailure);
      assert.equal(failure.cause.type, "Elsewhere");
    });
  });

  test(`an activity hears of its cancellation and confirms it ${way}`, { timeout: 30_000 }, async () => {
    const options = alone();
    const { activities, next } = leaving();
    await withWorker(options.taskQueue, activities, async () => {
      const handle = await client.workflow.start("patient", options);
      const elsewhere = named(await next());
      await client.activity.heartbeat(elsewhere);
      await handle.cancel();
      await until(async () => {
        try {
          await client.activity.heartbeat(elsewhere);
          return false;
        } catch (error) {
          assert(error instanceof ActivityCancelledError, `${error}`);
          return true;
        }
      });
      await client.activity.reportCancellation(elsewhere, "tidied up");
      await failureOf(handle.result());
      assert.equal((await handle.describe()).status.name, "CANCELLED");
    });
  });
}
