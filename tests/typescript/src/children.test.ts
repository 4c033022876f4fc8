/** Workflows that start, signal and cancel other workflows. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApplicationFailure, CancelledFailure, ChildWorkflowFailure } from "@temporalio/common";

import { client } from "./server.js";
import { alone, failureOf, hour, kinds, reaches, until } from "./workflows.js";

/** Options for a parent, and its child's workflow id. */
function family(workflowType: string, argument: unknown) {
  const options = alone();
  const childId = `${options.workflowId}-child`;
  return { childId, options: { ...options, args: [workflowType, childId, argument] } };
}

test("a child gives its result", async () => {
  const { childId, options } = family("echo", "hello");
  const handle = await client.workflow.start("calls_child", options);
  assert.equal(await handle.result(), "hello");
  const history = await kinds(handle);
  for (const kind of ["startChildWorkflowExecutionInitiated", "childWorkflowExecutionStarted"]) {
    assert(history.includes(kind), kind);
  }
  const child = await client.workflow.getHandle(childId).describe();
  assert.equal(child.parentExecution?.workflowId, options.workflowId);
  assert.equal(child.rootExecution?.workflowId, options.workflowId);
});

test("a child fails its parent", async () => {
  const { childId, options } = family("succeeds_at", 2);
  const failure = await failureOf(client.workflow.execute("calls_child", options));
  assert(failure instanceof ChildWorkflowFailure);
  assert.equal(failure.execution.workflowId, childId);
  assert.equal(failure.workflowType, "succeeds_at");
  assert(failure.cause instanceof ApplicationFailure);
  assert.equal(failure.cause.type, "NotYet");
});

test("a child whose id is taken does not start", async () => {
  const { childId, options } = family("echo", 1);
  const taken = await client.workflow.start("idle", { ...alone(), workflowId: childId });
  const handle = await client.workflow.start("calls_child", options);
  await failureOf(handle.result());
  assert((await kinds(handle)).includes("startChildWorkflowExecutionFailed"));
  await taken.terminate();
});

test("a child is cancelled with its parent", { timeout: 30_000 }, async () => {
  const { childId, options } = family("sleeper", hour);
  const handle = await client.workflow.start("calls_child", options);
  await until(async () => (await handle.describe()).raw.pendingChildren?.some((it) => it.runId) ?? false);
  await handle.cancel();
  const failure = await failureOf(handle.result());
  assert(failure instanceof CancelledFailure || failure instanceof ChildWorkflowFailure);
  await reaches(client.workflow.getHandle(childId), "CANCELLED");
});

for (const [policy, status] of [
  ["terminate", "TERMINATED"],
  ["request-cancel", "CANCELLED"],
  ["abandon", "RUNNING"],
] as const) {
  test(`the end of a parent: ${policy}`, { timeout: 30_000 }, async () => {
    const options = alone();
    const childId = `${options.workflowId}-child`;
    await client.workflow.execute("leaves_child", { ...options, args: [childId, policy] });
    const child = client.workflow.getHandle(childId);
    await reaches(child, status);
    if (status === "RUNNING") await child.terminate();
  });
}

test("a workflow signals and cancels another", { timeout: 30_000 }, async () => {
  const other = await client.workflow.start("stubborn", alone());
  const sender = await client.workflow.start("sends", alone(other.workflowId, 0));
  await sender.result();
  assert.equal(await other.result(), "woken");
  const history = await kinds(sender);
  assert(history.includes("externalWorkflowExecutionSignaled"));
  assert(history.includes("externalWorkflowExecutionCancelRequested"));
  assert((await kinds(other)).includes("workflowExecutionSignaled"));
});

test("a message to nobody fails", async () => {
  const options = alone();
  const sender = await client.workflow.start("sends", { ...options, args: [`${options.workflowId}-nobody`, 7] });
  await failureOf(sender.result());
  assert((await kinds(sender)).includes("signalExternalWorkflowExecutionFailed"));
});

test("each way to cancel a child", { timeout: 60_000 }, async () => {
  const options = alone();
  const handle = await client.workflow.start("family", options);
  assert.deepEqual(await handle.result(), [
    "completed",
    "failed",
    "cancelled",
    "cancelled",
    "cancelled",
    "cancelled",
  ]);
  const history = await kinds(handle);
  const count = (kind: string) => history.filter((it) => it === kind).length;
  assert.equal(count("childWorkflowExecutionStarted"), 9);
  // Who abandons a child does not ask it to cancel.
  assert.equal(count("requestCancelExternalWorkflowExecutionInitiated"), 3);
  let ends: Record<string, number> = {};
  await until(async () => {
    const query = `ParentWorkflowId = '${options.workflowId}' GROUP BY ExecutionStatus`;
    const { groups } = await client.workflow.count(query);
    ends = Object.fromEntries(groups.map((group) => [group.groupValues[0], group.count]));
    return !("Running" in ends);
  });
  // Two are not waited for once they were asked: the end of their parent may come before theirs.
  const cancelled = ends.Canceled ?? 0;
  assert(cancelled >= 2 && cancelled <= 4, `${cancelled} were cancelled`);
  assert.deepEqual(ends, { Completed: 2, Failed: 1, Canceled: cancelled, Terminated: 6 - cancelled });
});

test("a thousand children of one parent", { timeout: 120_000 }, async () => {
  const count = 1_000;
  const options = alone(count);
  assert.equal(await client.workflow.execute("brood", options), (count * (count - 1)) / 2);
  const query = `ParentWorkflowId = '${options.workflowId}' AND ExecutionStatus = 'Completed'`;
  assert.equal((await client.workflow.count(query)).count, count);
});

test("a parent hears the end of a child that continues as new", { timeout: 30_000 }, async () => {
  const { childId, options } = family("golden_leaf", "continues");
  assert.equal(await client.workflow.execute("calls_child", options), "done");
  assert.equal((await client.workflow.count(`WorkflowId = '${childId}'`)).count, 2);
});

test("a parent hears the end of a child that is tried again", { timeout: 30_000 }, async () => {
  // The child's workflow id is always the same.
  const handle = await client.workflow.start("golden_parent", alone({ way: "tries", retries: true }));
  assert.equal(await handle.result(), "done");
  const query = `ParentWorkflowId = '${handle.workflowId}' GROUP BY ExecutionStatus`;
  const { groups } = await client.workflow.count(query);
  const ends = Object.fromEntries(groups.map((group) => [group.groupValues[0], group.count]));
  assert.deepEqual(ends, { Failed: 1, Completed: 1 });
});
