/** Signals and queries. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { QueryNotRegisteredError } from "@temporalio/client";

import { client, withWorker } from "./server.js";
import { alone, kinds, refusalOf, status, until } from "./workflows.js";

/** What the workflow says that it has. In Rust, it is a message of Temporal's protocol, which the default converter does not read. */
async function definition(workflowId: string): Promise<{ type: string; updateDefinitions: { name: string }[] }> {
  const { queryResult } = await client.workflowService.queryWorkflow({
    namespace: client.options.namespace,
    execution: { workflowId },
    query: { queryType: "__temporal_workflow_metadata" },
  });
  const [payload] = queryResult?.payloads ?? [];
  return JSON.parse(new TextDecoder().decode(payload?.data ?? undefined)).definition;
}

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

test("signals come in their order", async () => {
  const all = Array.from({ length: 30 }, (_, number) => `item ${number}`);
  const handle = await client.workflow.start("collector", alone(all.length));
  for (const item of all) await handle.signal("collect", item);
  assert.deepEqual(await handle.result(), all);
});

test("a run that is blocked says what it can", { timeout: 30_000 }, async () => {
  const options = alone("a bug");
  const noop = async (i: number) => i;
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("panics", options);
    await until(async () => "mainspring.blocked" in ((await handle.describe()).memo ?? {}));
    // Its guest cannot be asked; what it is made of is known without.
    assert.equal(await refusalOf(handle.query("anything")), status.failedPrecondition);
    const query = `WorkflowId = '${options.workflowId}'`;
    for await (const run of client.workflow.list({ query })) {
      assert.match(JSON.stringify(run.memo?.["mainspring.blocked"]), /a bug/);
    }
    assert.equal((await definition(options.workflowId)).type, "panics");
    await handle.terminate();
  });
});

test("no signal that was taken is lost when its run ends", async () => {
  const handle = await client.workflow.start("collector", alone(1));
  const sent = await Promise.allSettled([1, 2, 3, 4, 5].map((number) => handle.signal("collect", `item ${number}`)));
  const taken = sent.filter(({ status }) => status === "fulfilled").length;
  const collected = (await handle.result()) as string[];
  assert.equal(collected.length, taken);
  assert.equal((await kinds(handle)).filter((kind) => kind === "workflowExecutionSignaled").length, taken);
});

test("what comes together is heard in the order of the history", { timeout: 30_000 }, async () => {
  const options = alone();
  const noop = async (i: number) => i;
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("arrivals", options);
    await handle.signal("number", 1);
    const arrived = await handle.result();
    const names: Record<string, string> = {
      activityTaskCompleted: "activity",
      timerFired: "timer",
      workflowExecutionSignaled: "signal",
    };
    assert.deepEqual(arrived, (await kinds(handle)).flatMap((kind) => names[kind] ?? []));
  });
});

test("a workflow says what it has and what it waits for", async () => {
  const handle = await client.workflow.start("counter", alone());
  const { type, updateDefinitions } = await definition(handle.workflowId);
  assert.equal(type, "counter");
  assert(updateDefinitions.some((update) => update.name === "add"));
  await until(async () => /waits until somebody tells it something/.test(await handle.query("__stack_trace")));
  await handle.terminate();
  assert.match(await handle.query("__stack_trace"), /is over/);
});
