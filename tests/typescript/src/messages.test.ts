/** Signals and queries. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { QueryNotRegisteredError } from "@temporalio/client";

import { client, withWorker } from "./server.js";
import { alone } from "./workflows.js";

test("signals are collected, and a query shows them", async () => {
  const handle = await client.workflow.start("collector", alone(2));
  assert.deepEqual(await handle.query("collected"), []);
  await handle.signal("collect", "one");
  assert.deepEqual(await handle.query("collected"), ["one"]);
  await handle.signal("collect", "two");
  assert.deepEqual(await handle.result(), ["one", "two"]);
});

test("signals wait until somebody asks for them", async () => {
  const options = { ...alone(2), signal: "number", signalArgs: [1] };
  const noop = async (i: number) => i;
  const result = await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.signalWithStart("waits_for_signal", options);
    await handle.signal("number", 2);
    return handle.result();
  });
  assert.deepEqual(result, [1, 2]);
});

test("a signal starts the workflow that does not run", async () => {
  const options = { ...alone(2), signal: "collect" };
  const first = await client.workflow.signalWithStart("collector", { ...options, signalArgs: ["one"] });
  const second = await client.workflow.signalWithStart("collector", { ...options, signalArgs: ["two"] });
  assert.equal(second.signaledRunId, first.signaledRunId);
  assert.deepEqual(await second.result(), ["one", "two"]);
});

test("a closed workflow still answers", async () => {
  const handle = await client.workflow.start("collector", alone(1));
  await handle.signal("collect", "only");
  await handle.result();
  assert.deepEqual(await handle.query("collected"), ["only"]);
});

test("a query may fail, or be unknown", async () => {
  const handle = await client.workflow.start("collector", alone(1));
  await assert.rejects(handle.query("itemAt", 7), /there is no item 7/);
  await assert.rejects(handle.query("no_such_query"), QueryNotRegisteredError);
  await handle.terminate();
});
