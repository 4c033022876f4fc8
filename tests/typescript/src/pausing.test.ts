/** Runs and activities that somebody pauses. The SDK has no methods for it yet, so these are calls of its raw service. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { actOnSecondAttempt, describe, pending } from "./second_attempt.js";
import { client } from "./server.js";
import { alone, refusalOf, status } from "./workflows.js";

/** As Temporal's protocol numbers them. */
const PAUSED = 8;
const ACTIVITY_PAUSED = 4;

const service = client.workflowService;

test("a paused run goes on where it was", { timeout: 30_000 }, async () => {
  const options = alone(2);
  const { workflowId } = options;
  const handle = await client.workflow.start("collector", options);
  await handle.signal("collect", "one");
  assert.deepEqual(await handle.query("collected"), ["one"]);
  await service.pauseWorkflowExecution({ namespace: "default", workflowId, reason: "lunch", requestId: "pause-1" });
  // Told again, it is recognised; by somebody else it is refused.
  await service.pauseWorkflowExecution({ namespace: "default", workflowId, reason: "lunch", requestId: "pause-1" });
  const byOthers = service.pauseWorkflowExecution({ namespace: "default", workflowId, requestId: "pause-2" });
  assert.equal(await refusalOf(byOthers), status.failedPrecondition);
  await handle.signal("collect", "two");
  const described = await describe(workflowId);
  assert.equal(described.workflowExecutionInfo?.status, PAUSED);
  assert.equal(described.workflowExtendedInfo?.pauseInfo?.reason, "lunch");
  await service.unpauseWorkflowExecution({ namespace: "default", workflowId });
  assert.deepEqual(await handle.result(), ["one", "two"]);
});

test("a paused activity is tried again once it is unpaused", { timeout: 30_000 }, async () => {
  await actOnSecondAttempt(async (activity) => {
    await service.pauseActivity({ ...activity, reason: "lunch" });
    const paused = await pending(activity.execution.workflowId);
    assert.equal(paused?.state, ACTIVITY_PAUSED);
    assert.equal(paused?.pauseInfo?.manual?.reason, "lunch");
    await service.unpauseActivity({ ...activity, resetAttempts: true });
  });
});
