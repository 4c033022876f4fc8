/**
 * Has items measured, and prints what they add up to.
 *
 *     node dist/start.js           a thousand
 *     node dist/start.js 5000      as many as are wished
 */

import { randomUUID } from "node:crypto";

import { Client, Connection } from "@temporalio/client";

const items = Number(process.argv[2] ?? 1_000);

const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233" });
const client = new Client({ connection });
const began = Date.now();
const total = await client.workflow.execute("fanOut", {
  args: [{ items }],
  workflowId: `fan-out-${randomUUID()}`,
  taskQueue: "measurements",
});
console.log(`${items} items add up to ${total}, in ${Date.now() - began} ms`);
await connection.close();
