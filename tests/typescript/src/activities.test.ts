/** Activities, as their worker sees them and as the workflow does. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { activityInfo, ApplicationFailure, CancelledFailure, Context } from "@temporalio/activity";
import { ActivityFailure } from "@temporalio/client";
import { RetryState, TimeoutFailure, TimeoutType } from "@temporalio/common";

import { client, withWorker } from "./server.js";
import { alone, failureOf, hour, until } from "./workflows.js";

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

test("retries come to an end", async () => {
  let attempts = 0;
  const options = alone("flaky", null, 2);
  const flaky = async () => {
    attempts += 1;
    throw ApplicationFailure.create({ message: "not today" });
  };
  const failure = await withWorker(options.taskQueue, { flaky }, () =>
    failureOf(client.workflow.execute("call", options)),
  );
  assert(failure instanceof ActivityFailure);
  assert.equal(failure.retryState, RetryState.MAXIMUM_ATTEMPTS_REACHED);
  assert.equal(attempts, 2);
});

test("an activity that says nothing for too long is given up", { timeout: 30_000 }, async () => {
  const options = alone();
  const slow = async () => {
    await Context.current().cancelled;
  };
  const failure = await withWorker(options.taskQueue, { slow }, () =>
    failureOf(client.workflow.execute("heartbeats", options)),
  );
  assert(failure instanceof ActivityFailure);
  assert(failure.cause instanceof TimeoutFailure);
  assert.equal(failure.cause.timeoutType, TimeoutType.HEARTBEAT);
});

test("local activities run in a worker if nobody else has them", { timeout: 30_000 }, async () => {
  const options = alone();
  const say_hello = async (name: string) => `Hello, ${name}!`;
  const total = async (name: string) => `${name} owes nothing`;
  const said = await withWorker(options.taskQueue, { say_hello, total }, () =>
    client.workflow.execute("PyLocals", options),
  );
  assert.deepEqual(said, ["Hello, ann!", "bob owes nothing"]);
});

for (const [limit, type] of [
  ["scheduleToStart", TimeoutType.SCHEDULE_TO_START],
  ["scheduleToClose", TimeoutType.SCHEDULE_TO_CLOSE],
  ["startToClose", TimeoutType.START_TO_CLOSE],
] as const) {
  test(`an activity takes too long: ${limit}`, { timeout: 30_000 }, async () => {
    const options = alone({ startToClose: 60_000, [limit]: 300 });
    const run = async () => failureOf(client.workflow.execute("golden_activity", options));
    const work = async () => Context.current().cancelled;
    // Nobody takes the one that waits too long.
    const failure = limit === "scheduleToStart" ? await run() : await withWorker(options.taskQueue, { work }, run);
    assert(failure instanceof ActivityFailure);
    assert(failure.cause instanceof TimeoutFailure);
    assert.equal(failure.cause.timeoutType, type);
  });
}

test("a cancelled activity whose worker completes it all the same", { timeout: 30_000 }, async () => {
  const options = alone();
  let running = false;
  const slow = async () => {
    running = true;
    const beats = setInterval(() => Context.current().heartbeat(), 50);
    await Context.current().cancelled.catch(() => clearInterval(beats));
    return "done all the same";
  };
  await withWorker(options.taskQueue, { slow }, async () => {
    // It waits for what its worker says.
    const handle = await client.workflow.start("patient", options);
    await until(() => running);
    await handle.cancel();
    assert.equal(await handle.result(), "done all the same");
  });
});
