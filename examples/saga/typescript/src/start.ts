/**
 * Books a journey, and prints what came of it.
 *
 *     node dist/start.js ada paris
 *     node dist/start.js ada moon
 */

import { randomUUID } from "node:crypto";

import { Client, Connection } from "@temporalio/client";

const [traveller, destination] = process.argv.slice(2);
if (traveller === undefined || destination === undefined) {
  console.error("usage: node dist/start.js TRAVELLER DESTINATION");
  process.exit(2);
}

const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233" });
const client = new Client({ connection });
const outcome = await client.workflow.execute("bookJourney", {
  args: [{ traveller, destination }],
  workflowId: `journey-${randomUUID()}`,
  taskQueue: "journeys",
});
console.log(JSON.stringify(outcome));
await connection.close();
