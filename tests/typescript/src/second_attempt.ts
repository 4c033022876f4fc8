/** An activity that waits for its second attempt, for somebody to act on it. */

import assert from "node:assert/strict";

import { activityInfo, ApplicationFailure } from "@temporalio/activity";

import { client, withWorker } from "./server.js";
import { alone, until } from "./workflows.js";

const { namespace } = client.options;

/** The run, as the service describes it. */
export async function describe(workflowId: string) {
  return client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } });
}

/** The first activity of the run that is not over. */
export async function pending(workflowId: string) {
  return (await describe(workflowId)).pendingActivities?.[0];
}

/** Has an activity fail, so that its second attempt is an hour away, and then somebody act on it, so that it begins with its first attempt again. */
export async function actOnSecondAttempt(
  act: (activity: { namespace: string; execution: { workflowId: string }; id: string }) => Promise<unknown>,
): Promise<void> {
  const attempts: number[] = [];
  const options = alone(1);
  const noop = async (i: number) => {
    attempts.push(activityInfo().attempt);
    if (attempts.length === 1) throw ApplicationFailure.create({ message: "not yet", nextRetryDelay: "1h" });
    return i;
  };
  await withWorker(options.taskQueue, { noop }, async () => {
    const { workflowId } = options;
    const handle = await client.workflow.start("steps", options);
    await until(async () => (await pending(workflowId))?.attempt === 2);
    await act({ namespace, execution: { workflowId }, id: "1" });
    await handle.result();
  });
  assert.deepEqual(attempts, [1, 1]);
}
