/** What cannot be done is refused with the code, and where there is one the type of detail, that the SDK goes by. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, isGrpcServiceError, ServiceError, WorkflowNotFoundError } from "@temporalio/client";

import { client, unique } from "./server.js";
import { alone, refusalOf, status } from "./workflows.js";

test("what is not there is not found", async () => {
  const nothing = client.workflow.getHandle(unique("nothing"));
  await assert.rejects(nothing.describe(), WorkflowNotFoundError);
  await assert.rejects(nothing.result(), WorkflowNotFoundError);
  await assert.rejects(nothing.signal("x"), WorkflowNotFoundError);
  await assert.rejects(nothing.query("x"), WorkflowNotFoundError);
  await assert.rejects(nothing.executeUpdate("x"), WorkflowNotFoundError);
  await assert.rejects(nothing.cancel(), WorkflowNotFoundError);
  await assert.rejects(nothing.terminate(), WorkflowNotFoundError);
});

test("a closed run takes no more messages", async () => {
  const handle = await client.workflow.start("echo", alone(1));
  await handle.result();
  await assert.rejects(handle.signal("late"), WorkflowNotFoundError);
  await assert.rejects(handle.executeUpdate("late"), WorkflowNotFoundError);
  await assert.rejects(handle.terminate(), WorkflowNotFoundError);
});

test("an unknown namespace is said to be unknown", async () => {
  const elsewhere = new Client({ connection: client.connection, namespace: "no-such-namespace" });
  await assert.rejects(elsewhere.workflow.start("echo", alone(1)), /no-such-namespace/);
});

test("an unknown workflow type is said to be unknown", async () => {
  const start = client.workflow.start("no_such_type", alone());
  await assert.rejects(start, { name: "WorkflowNotFoundError", message: /no module .* has a workflow type "no_such_type"/ });
});

test("a filter that makes no sense is refused with the place", async () => {
  await assert.rejects(client.workflow.count("WorkflowId ==== 'x'"), (error) => {
    const cause = error instanceof ServiceError ? error.cause : error;
    assert(isGrpcServiceError(cause));
    assert.equal(cause.code, status.invalidArgument);
    assert.match(cause.details, /at character 13/);
    return true;
  });
});

test("a cron schedule that does not parse is refused", async () => {
  const options = { ...alone(1), cronSchedule: "now and then" };
  assert.equal(await refusalOf(client.workflow.start("echo", options)), status.invalidArgument);
});

test("an id that is too long is refused", async () => {
  const options = { ...alone(1), workflowId: "x".repeat(10_000) };
  assert.equal(await refusalOf(client.workflow.start("echo", options)), status.invalidArgument);
});
