/** Workflows that are started at certain times. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from "@temporalio/client";
import type { ScheduleDescription, ScheduleHandle, ScheduleOptions } from "@temporalio/client";

import { client, unique } from "./server.js";
import { until } from "./workflows.js";

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

test("schedules are listed", async () => {
  const handles = [await client.schedule.create(echoing()), await client.schedule.create(echoing())];
  const listed = new Set<string>();
  for await (const schedule of client.schedule.list({ pageSize: 1 })) listed.add(schedule.scheduleId);
  for (const handle of handles) {
    assert(listed.has(handle.scheduleId));
    await handle.delete();
  }
});
