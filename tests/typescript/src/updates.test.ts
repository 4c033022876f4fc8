/** Updates: messages with an answer. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
} from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";

import { client, withWorker } from "./server.js";
import { alone, kinds } from "./workflows.js";

test("an update is answered", async () => {
  const handle = await client.workflow.start("counter", alone());
  assert.equal(await handle.executeUpdate("add", { args: [2] }), 2);
  assert.equal(await handle.executeUpdate("add", { args: [3] }), 5);
  await handle.signal("close");
  assert.equal(await handle.result(), 5);
});

test("an update is accepted before it is completed", async () => {
  const options = alone();
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const noop = async (i: number) => {
    await released;
    return i;
  };
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("counter", options);
    const waitForStage = WorkflowUpdateStage.ACCEPTED;
    const update = await handle.startUpdate("addSlowly", { args: [4], waitForStage, updateId: "slow" });
    const before = await kinds(handle);
    assert(before.includes("workflowExecutionUpdateAccepted"));
    assert(!before.includes("workflowExecutionUpdateCompleted"));
    release();
    assert.equal(await update.result(), 4);
    assert.equal(await handle.getUpdateHandle("slow").result(), 4);
    await handle.terminate();
  });
});

test("a rejected update leaves no trace", async () => {
  const handle = await client.workflow.start("counter", alone());
  await assert.rejects(handle.executeUpdate("add", { args: [0] }), (error) => {
    assert(error instanceof WorkflowUpdateFailedError);
    assert(error.cause instanceof ApplicationFailure);
    assert.equal(error.cause.type, "NothingToAdd");
    return true;
  });
  assert.deepEqual((await kinds(handle)).filter((kind) => kind.includes("Update")), []);
  await handle.terminate();
});

test("an update is recognised by its id", async () => {
  const handle = await client.workflow.start("counter", alone());
  for (const [updateId, count] of [["once", 2], ["once", 2], ["twice", 4]] as const) {
    assert.equal(await handle.executeUpdate("add", { args: [2], updateId }), count);
  }
  await handle.terminate();
});

test("an update starts the workflow that does not run", async () => {
  const options = { ...alone(), workflowIdConflictPolicy: "USE_EXISTING" as const };
  for (const count of [1, 2]) {
    const startWorkflowOperation = new WithStartWorkflowOperation("counter", options);
    const added = client.workflow.executeUpdateWithStart("add", { args: [1], startWorkflowOperation });
    assert.equal(await added, count);
  }
  const handle = client.workflow.getHandle(options.workflowId);
  await handle.signal("close");
  assert.equal(await handle.result(), 2);
});

test("an update with start of a workflow that runs", async () => {
  const options = { ...alone(), workflowIdConflictPolicy: "FAIL" as const };
  const running = await client.workflow.start("counter", options);
  const startWorkflowOperation = new WithStartWorkflowOperation("counter", options);
  const added = client.workflow.executeUpdateWithStart("add", { args: [1], startWorkflowOperation });
  await assert.rejects(added, WorkflowExecutionAlreadyStartedError);
  await assert.rejects(startWorkflowOperation.workflowHandle(), WorkflowExecutionAlreadyStartedError);
  await running.terminate();
});

test("a start stays though its update is rejected", async () => {
  const options = { ...alone(), workflowIdConflictPolicy: "FAIL" as const };
  const startWorkflowOperation = new WithStartWorkflowOperation("counter", options);
  const added = client.workflow.executeUpdateWithStart("add", { args: [0], startWorkflowOperation });
  await assert.rejects(added, WorkflowUpdateFailedError);
  const handle = await startWorkflowOperation.workflowHandle();
  assert.equal(await handle.executeUpdate("add", { args: [7] }), 7);
  await handle.terminate();
});

test("an update that starts its workflow is accepted before it is completed", { timeout: 30_000 }, async () => {
  const options = { ...alone(), workflowIdConflictPolicy: "USE_EXISTING" as const };
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const noop = async (i: number) => {
    await released;
    return i;
  };
  await withWorker(options.taskQueue, { noop }, async () => {
    const startWorkflowOperation = new WithStartWorkflowOperation("counter", options);
    const update = await client.workflow.startUpdateWithStart("addSlowly", {
      args: [4],
      waitForStage: WorkflowUpdateStage.ACCEPTED,
      startWorkflowOperation,
    });
    const handle = await startWorkflowOperation.workflowHandle();
    assert(!(await kinds(handle)).includes("workflowExecutionUpdateCompleted"));
    release();
    assert.equal(await update.result(), 4);
    await handle.terminate();
  });
});

test("an update fails with what its activity fails with", { timeout: 30_000 }, async () => {
  const options = alone();
  const noop = async () => {
    throw ApplicationFailure.nonRetryable("never", "Hopeless");
  };
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("counter", options);
    await assert.rejects(handle.executeUpdate("addSlowly", { args: [1] }), WorkflowUpdateFailedError);
    assert((await kinds(handle)).includes("workflowExecutionUpdateCompleted"));
    await handle.signal("close");
    assert.equal(await handle.result(), 0);
  });
});

test("an update that is under way when its run ends has no answer", { timeout: 30_000 }, async () => {
  const handle = await client.workflow.start("counter", alone());
  const waitForStage = WorkflowUpdateStage.ACCEPTED;
  const update = await handle.startUpdate("addSlowly", { args: [4], waitForStage });
  await handle.signal("close");
  assert.equal(await handle.result(), 0);
  await assert.rejects(update.result());
});
