/** Memo, search attributes, and the lists that find runs by them. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";

import { client, withWorker } from "./server.js";
import { alone, hour, refusalOf, status, until } from "./workflows.js";

/** Of this run of the tests alone. */
const suffix = randomUUID().slice(0, 8);

const customer = defineSearchAttributeKey(`Customer_${suffix}`, SearchAttributeType.KEYWORD);
const items = defineSearchAttributeKey(`Items_${suffix}`, SearchAttributeType.INT);
const due = defineSearchAttributeKey(`Due_${suffix}`, SearchAttributeType.DATETIME);
const tags = defineSearchAttributeKey(`Tags_${suffix}`, SearchAttributeType.KEYWORD_LIST);

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const types = { [customer.name]: 2, [items.name]: 3, [due.name]: 6, [tags.name]: 7 };

/** Runs `body` while the attributes have types. */
async function registered(body: () => Promise<void>): Promise<void> {
  const { operatorService } = client.connection;
  await operatorService.addSearchAttributes({ namespace: "default", searchAttributes: types });
  try {
    await body();
  } finally {
    await operatorService.removeSearchAttributes({ namespace: "default", searchAttributes: Object.keys(types) });
  }
}

async function found(query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const run of client.workflow.list({ query, pageSize: 1 })) ids.push(run.workflowId);
  return ids.sort();
}

test("runs are found by what they carry", { timeout: 30_000 }, () =>
  registered(async () => {
    const first = [
      { key: customer, value: "ann" },
      { key: items, value: 3 },
      { key: due, value: new Date("2026-01-01T00:00:00Z") },
      { key: tags, value: ["red", "new"] },
    ];
    const second = [
      { key: customer, value: "bob" },
      { key: items, value: 40 },
    ];
    const ann = await client.workflow.start("sleeper", { ...alone(hour), typedSearchAttributes: first });
    const bob = await client.workflow.start("sleeper", { ...alone(hour), typedSearchAttributes: second });
    const carried = (await ann.describe()).typedSearchAttributes;
    assert.equal(carried.get(customer), "ann");
    assert.equal(carried.get(items), 3);
    assert.deepEqual(carried.get(due), new Date("2026-01-01T00:00:00Z"));
    assert.deepEqual(carried.get(tags), ["red", "new"]);

    await until(async () => (await found(`${customer.name} IS NOT NULL`)).length === 2);
    assert.deepEqual(await found(`${customer.name} = 'ann'`), [ann.workflowId]);
    assert.deepEqual(await found(`${customer.name} STARTS_WITH 'b'`), [bob.workflowId]);
    assert.deepEqual(await found(`${items.name} BETWEEN 1 AND 5`), [ann.workflowId]);
    const both = [ann.workflowId, bob.workflowId].sort();
    assert.deepEqual(await found(`${items.name} > 3 OR ${tags.name} = 'red'`), both);
    const early = `${due.name} < '2026-03-01T00:00:00Z' AND NOT ${customer.name} = 'bob'`;
    assert.deepEqual(await found(early), [ann.workflowId]);
    await ann.terminate();
    await bob.terminate();
  }),
);

test("runs are counted by their status", { timeout: 30_000 }, async () => {
  const options = alone(hour);
  const query = `WorkflowId STARTS_WITH '${options.workflowId}'`;
  const running = await client.workflow.start("sleeper", options);
  await client.workflow.execute("echo", { ...alone(1), workflowId: `${options.workflowId}-closed` });
  await until(async () => (await client.workflow.count(query)).count === 2);
  const { groups } = await client.workflow.count(`${query} GROUP BY ExecutionStatus`);
  const counts = Object.fromEntries(groups.map((group) => [group.groupValues[0], group.count]));
  assert.deepEqual(counts, { Running: 1, Completed: 1 });
  assert.deepEqual(await found(`${query} AND WorkflowType = 'echo'`), [`${options.workflowId}-closed`]);
  await running.terminate();
});

test("a workflow notes things about itself", async () => {
  const options = alone("about me");
  const noop = async (i: number) => i;
  await withWorker(options.taskQueue, { noop }, async () => {
    const handle = await client.workflow.start("notes", options);
    await handle.result();
    assert.deepEqual((await handle.describe()).memo, { note: "about me" });
  });
});

test("the types of search attributes are listed", () =>
  registered(async () => {
    const { operatorService } = client.connection;
    const listed = await operatorService.listSearchAttributes({ namespace: "default" });
    for (const [name, type] of Object.entries(types)) assert.equal(listed.customAttributes[name], type);
    assert(listed.systemAttributes.StartTime);
    const again = { namespace: "default", searchAttributes: { [customer.name]: types[items.name]! } };
    assert.notEqual(await refusalOf(operatorService.addSearchAttributes(again)), 0);
    const unknown = { namespace: "default", searchAttributes: [`Nothing_${suffix}`] };
    assert.equal(await refusalOf(operatorService.removeSearchAttributes(unknown)), status.notFound);
  }));

test("lists are filtered and ordered as they are asked to be", { timeout: 30_000 }, () =>
  registered(async () => {
    const { workflowId } = alone();
    for (const [name, value] of Object.entries({ b: 7, c: -1, a: 30 })) {
      const carried = { typedSearchAttributes: [{ key: items, value }] };
      await client.workflow.execute("echo", { ...alone(1), workflowId: `${workflowId}-${name}`, ...carried });
    }
    const running = await client.workflow.start("sleeper", { ...alone(hour), workflowId: `${workflowId}-d` });
    const own = `WorkflowId STARTS_WITH '${workflowId}'`;
    const listed = async (filter: string) => {
      let names = "";
      for await (const run of client.workflow.list({ query: `${own} ${filter}`, pageSize: 2 })) {
        names += run.workflowId.at(-1);
      }
      return names;
    };
    await until(async () => (await listed("")) === "dacb");
    assert.equal(await listed("ORDER BY WorkflowId"), "abcd");
    assert.equal(await listed("ORDER BY StartTime ASC"), "bcad");
    // One without a value comes last, whatever the direction.
    assert.equal(await listed(`ORDER BY ${items.name}`), "cbad");
    assert.equal(await listed(`ORDER BY ${items.name} DESC`), "abcd");
    assert.equal(await listed(`AND ${items.name} IN (7, 30) ORDER BY WorkflowId`), "ab");
    assert.equal(await listed(`AND ${items.name} IS NULL`), "d");
    assert.equal(await listed(`AND NOT (${items.name} != 7) ORDER BY WorkflowId`), "b");
    assert.equal(await listed(`AND ExecutionStatus IN ('Running', 'Failed')`), "d");
    assert.equal(await listed(`AND (${items.name} <= -1 OR CloseTime IS NULL) ORDER BY WorkflowId`), "cd");
    await running.terminate();
  }));

test("pages stay put while runs start and close", { timeout: 30_000 }, async () => {
  const { workflowId } = alone();
  const ids = [0, 1, 2, 3].map((number) => `${workflowId}-${number}`);
  for (const id of ids) await client.workflow.start("sleeper", { ...alone(hour), workflowId: id });
  const seen: string[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowId STARTS_WITH '${workflowId}'`, pageSize: 2 })) {
    if (seen.length === 0) {
      await Promise.all([ids[0], ids[3]].map((id) => client.workflow.getHandle(id!).terminate()));
      await client.workflow.execute("echo", { ...alone(1), workflowId: `${workflowId}-late` });
    }
    seen.push(run.workflowId);
  }
  assert.deepEqual(seen, [...ids].reverse());
  await Promise.all([ids[1], ids[2]].map((id) => client.workflow.getHandle(id!).terminate()));
});

test("a run is found by what its workflow says of itself", { timeout: 30_000 }, async () => {
  const { operatorService } = client.connection;
  const options = alone(`about ${suffix}`);
  const noop = async (i: number) => i;
  await withWorker(options.taskQueue, { noop }, () => client.workflow.execute("notes", options));
  await operatorService.addSearchAttributes({ namespace: "default", searchAttributes: { Note: 2 } });
  try {
    await until(async () => (await found(`Note = 'about ${suffix}'`)).length === 1);
    assert.deepEqual(await found(`Note STARTS_WITH 'about ${suffix}'`), [options.workflowId]);
  } finally {
    await operatorService.removeSearchAttributes({ namespace: "default", searchAttributes: ["Note"] });
  }
});
