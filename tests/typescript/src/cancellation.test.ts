/** Requests to cancel. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CancelledFailure, Context } from "@temporalio/activity";

import { client, withWorker } from "./server.js";
import { alone, failureOf, until } from "./workflows.js";

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

test("a workflow may refuse to be cancelled", async () => {
  const handle = await client.workflow.start("stubborn", alone());
  await handle.cancel();
  assert.equal(await handle.result(), "woken");
});

test("a workflow may wait until its activity has confirmed", { timeout: 30_000 }, async () => {
  const options = alone();
  let confirmed = false;
  const slow = async () => {
    try {
      for (;;) {
        Context.current().heartbeat("working");
        await Context.current().sleep(50);
      }
    } finally {
      confirmed = true;
    }
  };
  await withWorker(options.taskQueue, { slow }, async () => {
    const handle = await client.workflow.start("patient", options);
    await until(async () => (await handle.describe()).raw.pendingActivities?.some((it) => it.heartbeatDetails) ?? false);
    await handle.cancel();
    assert((await failureOf(handle.result())) instanceof Error);
    assert(confirmed);
    assert.equal((await handle.describe()).status.name, "CANCELLED");
  });
});

test("what is shielded goes on", { timeout: 30_000 }, async () => {
  const options = alone();
  let running = false;
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow = async () => {
    running = true;
    const beats = setInterval(() => Context.current().heartbeat(), 100);
    await released.finally(() => clearInterval(beats));
    return "slow";
  };
  await withWorker(options.taskQueue, { slow }, async () => {
    const handle = await client.workflow.start("shielding", options);
    await until(() => running);
    await handle.cancel();
    release();
    assert.equal(typeof (await handle.result()), "string");
  });
});

test("a scope is cancelled in each way that an activity can be, and the rest goes on", { timeout: 60_000 }, async () => {
  const options = alone();
  let running = 0;
  let cancelled = 0;
  let cleanedUp = false;
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow = async () => {
    running += 1;
    try {
      for (;;) {
        Context.current().heartbeat();
        await Context.current().sleep(50);
      }
    } finally {
      cancelled += 1;
    }
  };
  const a = async () => {
    running += 1;
    await released;
  };
  const cleanup = async () => {
    cleanedUp = true;
  };
  await withWorker(options.taskQueue, { slow, a, cleanup }, async () => {
    const handle = await client.workflow.start("regions", options);
    await until(() => running === 4);
    await handle.signal("stop");
    await until(() => cleanedUp);
    // That one of them confirmed was waited for; of the one that was abandoned nobody asked anything.
    assert(cancelled >= 1 && cancelled <= 2, `${cancelled}`);
    assert.equal((await handle.describe()).status.name, "RUNNING");
    release();
    assert.deepEqual(await handle.result(), ["cancelled", "cancelled", "cancelled", "done"]);
  });
});

test("the activity of a terminated run learns of it at its next heartbeat", { timeout: 30_000 }, async () => {
  const options = alone();
  let running = false;
  let told: unknown;
  const slow = async () => {
    running = true;
    try {
      for (;;) {
        Context.current().heartbeat();
        await Context.current().sleep(50);
      }
    } catch (error) {
      told = error;
      throw error;
    }
  };
  await withWorker(options.taskQueue, { slow }, async () => {
    const handle = await client.workflow.start("patient", options);
    await until(() => running);
    await handle.terminate();
    await until(() => told !== undefined);
  });
  assert(told instanceof CancelledFailure);
  assert.equal(told.message, "NOT_FOUND");
});
