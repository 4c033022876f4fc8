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
import { defaultPayloadConverter } from "@temporalio/common";
import type { ScheduleDescription, ScheduleHandle, ScheduleOptions } from "@temporalio/client";

import { client, unique } from "./server.js";
import { refusalOf, status, until } from "./workflows.js";

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
      if (overlap === ScheduleOverlapPolicy.SKIP) return it.info.numActionsSkippedOverlap === 1;
      if (overlap === ScheduleOverlapPolicy.BUFFER_ONE) return Number(it.raw.info?.bufferSize) === 1;
      // One that takes the place of another waits for the end of that first.
      return it.info.numActionsTaken === 2 && it.info.runningActions.length === running;
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

test("a limit is kept", { timeout: 30_000 }, async () => {
  const handle = await client.schedule.create(
    echoing({ spec: { intervals: [{ every: "1s" }] }, state: { remainingActions: 2 } }),
  );
  const { info } = await described(handle, (it) => it.info.numActionsTaken === 2);
  assert.deepEqual(info.nextActionTimes, []);
  assert.equal((await handle.describe()).state.remainingActions, 0);
  await handle.delete();
});

test("a failure pauses it", { timeout: 30_000 }, async () => {
  const options = echoing({ policies: { pauseOnFailure: true } });
  const action = { ...options.action, workflowType: "fails", args: ["OnPurpose", true] };
  const handle = await client.schedule.create({ ...options, action });
  await handle.trigger();
  const { state } = await described(handle, (it) => it.state.paused);
  assert.match(state.note ?? "", /paused due to workflow failure/);
  await handle.delete();
});

test("times are those of the time zone, and put off by the jitter", { timeout: 30_000 }, async () => {
  const cronExpressions = ["CRON_TZ=Europe/Berlin 30 2 * * *"];
  const handle = await client.schedule.create(echoing({ spec: { cronExpressions, jitter: "10 minutes" } }));
  const at = (text: string) => ({ seconds: (Date.parse(text) / 1_000) as never });
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId: handle.scheduleId,
    startTime: at("2024-03-30T00:00:00Z"),
    endTime: at("2024-04-01T23:00:00Z"),
  });
  // The 31st of March has no 2:30.
  const nominal = ["2024-03-30T01:30:00Z", "2024-04-01T00:30:00Z"].map((text) => Date.parse(text) / 1_000);
  assert.equal(startTime.length, nominal.length);
  for (const [number, time] of startTime.entries()) {
    const late = Number(time.seconds) - nominal[number]!;
    assert(late >= 0 && late < 600, `${late}`);
  }
  await handle.delete();
});

test("nobody overwrites what he has not seen", async () => {
  const handle = await client.schedule.create(echoing());
  const { workflowService, options } = client;
  const name = { namespace: options.namespace, scheduleId: handle.scheduleId };
  const { schedule = null, conflictToken = null } = await workflowService.describeSchedule(name);
  await handle.update((previous) => ({ ...previous, state: { ...previous.state, note: "seen" } }));
  const late = workflowService.updateSchedule({ ...name, schedule, conflictToken });
  assert.equal(await refusalOf(late), status.failedPrecondition);
  assert.equal((await handle.describe()).state.note, "seen");
  await handle.delete();
});

test("schedules are found and counted", async () => {
  const mark = unique("counted");
  const handles: ScheduleHandle[] = [];
  for (const paused of [false, true, false]) {
    const scheduleId = `${mark}-${handles.length}`;
    handles.push(await client.schedule.create(echoing({ scheduleId, state: { paused } })));
  }
  const query = `ScheduleId STARTS_WITH '${mark}'`;
  const listed: string[] = [];
  for await (const schedule of client.schedule.list({ query, pageSize: 2 })) listed.push(schedule.scheduleId);
  assert.deepEqual(listed, handles.map((handle) => handle.scheduleId));
  const count = async (query: string) => {
    const counted = client.workflowService.countSchedules({ namespace: client.options.namespace, query });
    return Number((await counted).count);
  };
  assert.equal(await count(query), 3);
  assert.equal(await count(`${query} AND TemporalSchedulePaused = true`), 1);
  assert.equal(await refusalOf(count("ScheduleId =")), status.invalidArgument);
  for (const handle of handles) await handle.delete();
});

test("it acts between its first moment and its last, and each run knows the one before", { timeout: 30_000 }, async () => {
  const spec = {
    cronExpressions: ["0 12 * * *"],
    startAt: new Date("2020-01-02T00:00:00Z"),
    endAt: new Date("2020-01-03T23:00:00Z"),
  };
  const handle = await client.schedule.create(echoing({ spec }));
  const overlap = ScheduleOverlapPolicy.BUFFER_ALL;
  await handle.backfill({ start: new Date("2020-01-01T00:00:00Z"), end: new Date("2020-01-09T00:00:00Z"), overlap });
  const { info } = await described(handle, (it) => it.info.numActionsTaken === 2 && it.info.runningActions.length === 0);
  const scheduled = info.recentActions.map((action) => action.scheduledAt.toISOString().slice(0, 10));
  assert.deepEqual(scheduled, ["2020-01-02", "2020-01-03"]);
  const [, second] = info.recentActions;
  assert(second?.action.type === "startWorkflow");
  const { events } = await client.workflow.getHandle(second.action.workflow.workflowId).fetchHistory();
  const last = events?.[0]?.workflowExecutionStartedEventAttributes?.lastCompletionResult?.payloads ?? [];
  assert.deepEqual(last.map((payload) => defaultPayloadConverter.fromPayload(payload)), ["hello"]);
  await handle.delete();
});

test("a workflow that is not known is not started, and that is said", { timeout: 30_000 }, async () => {
  const options = echoing();
  const handle = await client.schedule.create({ ...options, action: { ...options.action, workflowType: "no_such_type" } });
  await handle.trigger();
  const { info, raw } = await described(handle, (it) => !!it.raw.info?.invalidScheduleError);
  assert.match(raw.info?.invalidScheduleError ?? "", /no module in namespace/);
  assert.equal(info.numActionsTaken, 0);
  await handle.delete();
});

test("a request that comes again does nothing more", { timeout: 30_000 }, async () => {
  const handle = await client.schedule.create(echoing());
  const name = { namespace: client.options.namespace, scheduleId: handle.scheduleId };
  for (let times = 0; times < 2; times += 1) {
    const patch = { triggerImmediately: { overlapPolicy: 5 } };
    await client.workflowService.patchSchedule({ ...name, patch, requestId: "once" });
  }
  await described(handle, (it) => it.info.numActionsTaken === 1);
  await sleep(100);
  assert.equal((await handle.describe()).info.numActionsTaken, 1);
  await handle.delete();
});
