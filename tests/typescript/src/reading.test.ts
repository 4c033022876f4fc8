/** What a run says of itself, to whom, and what its history says. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, QueryRejectCondition, QueryRejectedError } from "@temporalio/client";
import { TimeoutFailure } from "@temporalio/common";

import { client, withWorker } from "./server.js";
import { alone, failureOf, hour, refusalOf, status } from "./workflows.js";

const { namespace } = client.options;
const service = client.workflowService;

/** What both answers have. */
type Page = Pick<Awaited<ReturnType<typeof service.getWorkflowExecutionHistory>>, "history" | "nextPageToken">;

test("a summary, details and a memo are kept", async () => {
  const told = { staticSummary: "one order", staticDetails: "of **two** items", memo: { customer: "ann" } };
  const handle = await client.workflow.start("idle", { ...alone(), ...told });
  const description = await handle.describe();
  assert.equal(await description.staticSummary(), told.staticSummary);
  assert.equal(await description.staticDetails(), told.staticDetails);
  assert.deepEqual(description.memo, told.memo);
  await handle.terminate();
});

test("who wants no answer of which runs", async () => {
  const rejecting = (queryRejectCondition: QueryRejectCondition) =>
    new Client({ connection: client.connection, workflow: { queryRejectCondition } });
  const notOpen = rejecting(QueryRejectCondition.NOT_OPEN);
  const notClean = rejecting(QueryRejectCondition.NOT_COMPLETED_CLEANLY);
  const options = alone(1);
  const handle = await client.workflow.start("collector", options);
  for (const asking of [notOpen, notClean]) {
    assert.deepEqual(await asking.workflow.getHandle(options.workflowId).query("collected"), []);
  }
  await handle.signal("collect", "only");
  await handle.result();
  assert.deepEqual(await notClean.workflow.getHandle(options.workflowId).query("collected"), ["only"]);
  await assert.rejects(notOpen.workflow.getHandle(options.workflowId).query("collected"), QueryRejectedError);
});

test("a history is read page by page, from either end", async () => {
  const options = alone(3);
  const noop = async (i: number) => i;
  await withWorker(options.taskQueue, { noop }, () => client.workflow.execute("steps", options));
  const execution = { workflowId: options.workflowId };
  const whole = (await service.getWorkflowExecutionHistory({ namespace, execution })).history?.events ?? [];
  const ids = whole.map((event) => Number(event.eventId));
  assert.deepEqual(ids, ids.map((_, position) => position + 1));

  for (const [read, expected] of [
    [service.getWorkflowExecutionHistory.bind(service), ids],
    [service.getWorkflowExecutionHistoryReverse.bind(service), [...ids].reverse()],
  ] as const) {
    const found: number[] = [];
    let nextPageToken = new Uint8Array();
    do {
      const page: Page = await read({ namespace, execution, maximumPageSize: 4, nextPageToken });
      const events = page.history?.events ?? [];
      assert(events.length <= 4);
      found.push(...events.map((event) => Number(event.eventId)));
      nextPageToken = Uint8Array.from(page.nextPageToken ?? []);
    } while (nextPageToken.length > 0);
    assert.deepEqual(found, expected);
  }
  const wrong = { namespace, execution, nextPageToken: Uint8Array.of(255) };
  assert.equal(await refusalOf(service.getWorkflowExecutionHistory(wrong)), status.invalidArgument);
  const nobody = client.workflow.getHandle(`${options.workflowId}-nobody`);
  assert.equal(await refusalOf(nobody.fetchHistory()), status.notFound);
});

test("an execution timeout is for all runs together", { timeout: 30_000 }, async () => {
  const options = { ...alone(hour), workflowExecutionTimeout: "1s", retry: { initialInterval: "10ms" } } as const;
  assert((await failureOf(client.workflow.execute("sleeper", options))) instanceof TimeoutFailure);
  // There was no time left for another.
  assert.equal((await client.workflow.count(`WorkflowId = '${options.workflowId}'`)).count, 1);
});

test("who waits for new events gets them, and the rest from where he was", { timeout: 30_000 }, async () => {
  const options = alone(1);
  const handle = await client.workflow.start("collector", options);
  assert.deepEqual(await handle.query("collected"), []);
  const execution = { workflowId: options.workflowId };
  const read = async (nextPageToken: Uint8Array) => {
    const request = { namespace, execution, nextPageToken, waitNewEvent: true };
    const answer = await service.getWorkflowExecutionHistory(request);
    return { ids: answer.history?.events?.map((event) => Number(event.eventId)) ?? [], token: answer.nextPageToken };
  };
  const before = await read(new Uint8Array());
  const waiting = read(before.token);
  await handle.signal("collect", "only");
  assert.equal((await waiting).ids[0], before.ids.length + 1);
  await handle.result();
});
