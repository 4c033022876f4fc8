/** Workflows that are started at certain times. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import {
  isGrpcServiceError,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from "@temporalio/client";
import type { ScheduleDescription, ScheduleHandle, ScheduleOptions } from "@temporalio/client";

import { client, unique } from "./server.js";
import { status, until } from "./workflows.js";

/** What starts `echo`, at times that are far away. */
function echoing(options: Partial<ScheduleOptions> = {}): ScheduleOptions {
  return {
    scheduleId: unique("schedule"),
    action: {
      type: "startWorkflow",
      workflowType: "echo",
      workflowId: unique("scheduled"),
      taskQueue: unique("queue"),
      args: ["hello"],
    },
    spec: { calendars: [{ month: "JANUARY", dayOfMonth: 1, hour: 3, comment: "once a year" }] },
    ...options,
  };
}

async function described(
  handle: ScheduleHandle,
  condition: (description: ScheduleDescription) => boolean,
): Promise<ScheduleDescription> {
  let last = await handle.describe();
  await until(async () => condition((last = await handle.describe())));
  return last;
}

test("a schedule starts workflows", { timeout: 30_000 }, async () => {
  const handle = await client.schedule.create(echoing({ spec: { intervals: [{ every: "1s" }] } }));
  const description = await described(handle, (it) => it.info.recentActions.length >= 2);
  await handle.delete();
  const taken = description.info.recentActions[0];
  assert(taken?.action.type === "startWorkflow");
  const { workflowId, firstExecutionRunId } = taken.action.workflow;
  assert.equal(await client.workflow.getHandle(workflowId, firstExecutionRunId).result(), "hello");
  assert(workflowId.endsWith(taken.scheduledAt.toISOString().replace(".000Z", "Z")), workflowId);
  await assert.rejects(handle.describe(), ScheduleNotFoundError);
});

test("what is described is what was created", async () => {
  const handle = await client.schedule.create(
    echoing({
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: "1 minute", pauseOnFailure: true },
      state: { paused: true, note: "not yet", remainingActions: 3 },
      memo: { about: "reports" },
    }),
  );
  const { spec, policies, state, memo, info } = await handle.describe();
  assert.equal(spec.calendars?.[0]?.comment, "once a year");
  assert.deepEqual(spec.calendars?.[0]?.hour, [{ start: 3, end: 3, step: 1 }]);
  assert.equal(policies.overlap, ScheduleOverlapPolicy.BUFFER_ONE);
  assert.equal(policies.catchupWindow, 60_000);
  assert.equal(policies.pauseOnFailure, true);
  assert.deepEqual([state.paused, state.note, state.remainingActions], [true, "not yet", 3]);
  assert.deepEqual(memo, { about: "reports" });
  assert.equal(info.numActionsTaken, 0);
  await handle.delete();
});

test("it is paused, triggered, changed and goes on", { timeout: 30_000 }, async () => {
  const options = echoing();
  const handle = await client.schedule.create(options);
  await handle.pause("maintenance");
  assert.equal((await handle.describe()).state.note, "maintenance");
  await handle.trigger();
  await described(handle, (it) => it.info.numActionsTaken === 1);
  await handle.unpause("done");
  assert.equal((await handle.describe()).state.paused, false);

  await handle.update((previous) => ({ ...previous, spec: { intervals: [{ every: "1s" }] } }));
  await described(handle, (it) => it.info.numActionsTaken >= 2);
  await assert.rejects(client.schedule.create({ ...echoing(), scheduleId: handle.scheduleId }), ScheduleAlreadyRunning);
  await handle.delete();
});

test("a backfill goes through a span of time", { timeout: 30_000 }, async () => {
  const handle = await client.schedule.create(echoing());
  const overlap = ScheduleOverlapPolicy.BUFFER_ALL;
  await handle.backfill({ start: new Date("2019-06-01T00:00:00Z"), end: new Date("2021-06-01T00:00:00Z"), overlap });
  const description = await described(handle, (it) => it.info.numActionsTaken === 2);
  const scheduled = description.info.recentActions.map((action) => action.scheduledAt.toISOString());
  assert.deepEqual(scheduled, ["2020-01-01T03:00:00.000Z", "2021-01-01T03:00:00.000Z"]);
  await handle.delete();
});

test("what overlaps is dealt with as the policy says", { timeout: 60_000 }, async () => {
  const sleeping = () => {
    const options = echoing();
    return { ...options, action: { ...options.action, workflowType: "sleeper", args: [3_600_000] } };
  };
  for (const [overlap, taken, running] of [
    [ScheduleOverlapPolicy.SKIP, 1, 1],
    [ScheduleOverlapPolicy.BUFFER_ONE, 1, 1],
    [ScheduleOverlapPolicy.ALLOW_ALL, 2, 2],
    [ScheduleOverlapPolicy.TERMINATE_OTHER, 2, 1],
    [ScheduleOverlapPolicy.CANCEL_OTHER, 2, 1],
  ] as const) {
    const handle = await client.schedule.create({ ...sleeping(), policies: { overlap } });
    // If it is told nothing, the SDK asks for `ALLOW_ALL`.
    await handle.trigger(overlap);
    await described(handle, (it) => it.info.numActionsTaken === 1);
    // The workflow of another second has another id.
    await sleep(1_000 - (Date.now() % 1_000));
    await handle.trigger(overlap);
    const { info, raw } = await described(handle, (it) => {
      const skipped = it.info.numActionsSkippedOverlap === 1;
      return it.info.numActionsTaken === 2 || skipped || Number(it.raw.info?.bufferSize) === 1;
    });
    assert.equal(info.numActionsTaken, taken, overlap);
    assert.equal(info.numActionsSkippedOverlap, overlap === ScheduleOverlapPolicy.SKIP ? 1 : 0);
    assert.equal(Number(raw.info?.bufferSize), overlap === ScheduleOverlapPolicy.BUFFER_ONE ? 1 : 0);
    assert.equal(info.runningActions.length, running, overlap);
    await handle.delete();
    for (const action of info.runningActions) {
      await client.workflow.getHandle(action.workflow.workflowId).terminate();
    }
  }
});

test("schedules that make no sense are refused", async () => {
  const wrong: [ScheduleOptions["spec"], RegExp][] = [
    [{ cronExpressions: ["0 0 30 2 *"] }, /never comes true/],
    [{ cronExpressions: ["now and then"] }, /is no cron expression/],
    [{ calendars: [{ month: "FEBRUARY", dayOfMonth: 30 }] }, /never comes true/],
    [{ cronExpressions: ["@daily"], timezone: "Mars/Base" }, /no time zone/],
  ];
  for (const [spec, message] of wrong) {
    await assert.rejects(client.schedule.create(echoing({ spec })), (error: Error) => {
      const cause = error.cause;
      assert(isGrpcServiceError(cause), `${error}`);
      assert.equal(cause.code, status.invalidArgument);
      assert.match(cause.details, message);
      return true;
    });
  }
  const unknown = client.schedule.getHandle(unique("unknown"));
  await assert.rejects(unknown.describe(), ScheduleNotFoundError);
  await assert.rejects(unknown.pause(), ScheduleNotFoundError);
  await assert.rejects(unknown.trigger(), ScheduleNotFoundError);
  await assert.rejects(unknown.delete(), ScheduleNotFoundError);
});

test("schedules are listed", async () => {
  const handles = [await client.schedule.create(echoing()), await client.schedule.create(echoing())];
  const listed = new Set<string>();
  for await (const schedule of client.schedule.list({ pageSize: 1 })) listed.add(schedule.scheduleId);
  for (const handle of handles) {
    assert(listed.has(handle.scheduleId));
    await handle.delete();
  }
});
