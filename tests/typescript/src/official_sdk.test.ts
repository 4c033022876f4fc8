/** Drives a running server with the official SDK: a smaller set than in Python, on the paths where the two differ. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { activityInfo, ApplicationFailure, CancelledFailure, Context } from "@temporalio/activity";
import {
  ActivityFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from "@temporalio/client";
import { RetryState, TerminatedFailure } from "@temporalio/common";

import { client, unique, withWorker } from "./server.js";

const hour = 3_600_000;

/** Options to start a workflow of its own, on a task queue of its own. */
function alone(...args: unknown[]) {
  return { args, workflowId: unique("typescript"), taskQueue: unique("queue") };
}

/** The error with which the run ends. */
async function failureOf(result: Promise<unknown>): Promise<Error | undefined> {
  try {
    await result;
  } catch (error) {
    assert(error instanceof WorkflowFailedError);
    return error.cause;
  }
  assert.fail("the workflow did not fail");
}

/** Waits for what is bound to come, in a test with a time limit of its own. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

test("a result comes back as it was sent", async () => {
  const argument = { text: "Ünïcödé ✓", numbers: [1, 2.5, -3], nothing: null };
  assert.deepEqual(await client.workflow.execute("echo", alone(argument)), argument);
});

test("activities run one after the other", async () => {
  const seen: number[] = [];
  const options = alone(5);
  const noop = async (i: number) => {
    seen.push(i);
    return i;
  };
  await withWorker(options.taskQueue, { noop }, () => client.workflow.execute("steps", options));
  assert.deepEqual(seen, [0, 1, 2, 3, 4]);
});

test("an activity is tried again, and knows how often", async () => {
  const attempts: number[] = [];
  const options = alone(1);
  const noop = async (i: number) => {
    attempts.push(activityInfo().attempt);
    if (attempts.length < 3) throw ApplicationFailure.create({ message: "not yet" });
    return i;
  };
  await withWorker(options.taskQueue, { noop }, () => client.workflow.execute("steps", options));
  assert.deepEqual(attempts, [1, 2, 3]);
});

test("a non-retryable failure arrives with type and details", async () => {
  const options = alone(1);
  const noop = async () => {
    throw ApplicationFailure.nonRetryable("never", "Hopeless", { code: 7 });
  };
  const failure = await withWorker(options.taskQueue, { noop }, () =>
    failureOf(client.workflow.execute("steps", options)),
  );
  assert(failure instanceof ActivityFailure);
  assert.equal(failure.activityType, "noop");
  assert.equal(failure.retryState, RetryState.NON_RETRYABLE_FAILURE);
  assert(failure.cause instanceof ApplicationFailure);
  assert.equal(failure.cause.type, "Hopeless");
  assert.equal(failure.cause.message, "never");
  assert.equal(failure.cause.nonRetryable, true);
  assert.deepEqual(failure.cause.details, [{ code: 7 }]);
});

test("heartbeat details reach the next attempt", async () => {
  const details: unknown[] = [];
  const options = alone(hour);
  const slow = async () => {
    details.push(activityInfo().heartbeatDetails ?? null);
    if (details.length === 1) {
      Context.current().heartbeat({ done: 50 });
      throw ApplicationFailure.create({ message: "interrupted" });
    }
    return "done";
  };
  await withWorker(options.taskQueue, { slow }, () => client.workflow.execute("race", options));
  assert.deepEqual(details, [null, { done: 50 }]);
});

test("cancellation travels in the heartbeat", { timeout: 30_000 }, async () => {
  const options = alone();
  let running = false;
  let told = false;
  const slow = async () => {
    running = true;
    try {
      for (;;) {
        Context.current().heartbeat();
        await Context.current().sleep(50);
      }
    } catch (error) {
      told = error instanceof CancelledFailure;
      throw error;
    }
  };
  await withWorker(options.taskQueue, { slow }, async () => {
    const handle = await client.workflow.start("heartbeats", options);
    await until(() => running);
    await handle.cancel();
    await failureOf(handle.result());
    await until(() => told);
  });
});

test("signals are collected, and a query shows them", async () => {
  const handle = await client.workflow.start("collector", alone(2));
  assert.deepEqual(await handle.query("collected"), []);
  await handle.signal("collect", "one");
  assert.deepEqual(await handle.query("collected"), ["one"]);
  await handle.signal("collect", "two");
  assert.deepEqual(await handle.result(), ["one", "two"]);
});

test("a cancelled workflow cleans up", async () => {
  let cleanedUp = false;
  const options = alone();
  const cleanup = async () => {
    cleanedUp = true;
  };
  const failure = await withWorker(options.taskQueue, { cleanup }, async () => {
    const handle = await client.workflow.start("cancellable", options);
    await handle.cancel();
    return failureOf(handle.result());
  });
  assert(failure instanceof CancelledFailure);
  assert(cleanedUp);
});

test("termination, description and list", { timeout: 30_000 }, async () => {
  const options = alone(hour);
  const handle = await client.workflow.start("sleeper", options);
  assert.equal((await handle.describe()).status.name, "RUNNING");
  await handle.terminate("enough of it");
  assert((await failureOf(handle.result())) instanceof TerminatedFailure);
  const description = await handle.describe();
  assert.equal(description.status.name, "TERMINATED");
  assert.equal(description.type, "sleeper");
  assert.equal(description.taskQueue, options.taskQueue);

  const query = `WorkflowId = '${options.workflowId}'`;
  await until(async () => (await client.workflow.count(query)).count === 1);
  for await (const execution of client.workflow.list({ query })) {
    assert.equal(execution.workflowId, options.workflowId);
    assert.equal(execution.status.name, "TERMINATED");
  }
});

test("a workflow id is taken only once", async () => {
  const options = alone(hour);
  const handle = await client.workflow.start("sleeper", options);
  await assert.rejects(client.workflow.start("sleeper", options), WorkflowExecutionAlreadyStartedError);
  await handle.terminate();
});

test("what is not there is not found", async () => {
  await assert.rejects(client.workflow.getHandle(unique("nothing")).describe(), WorkflowNotFoundError);
});
