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
