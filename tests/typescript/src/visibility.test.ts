/** Memo, search attributes, and the lists that find runs by them. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";

import { client, withWorker } from "./server.js";
import { alone, hour, until } from "./workflows.js";

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
