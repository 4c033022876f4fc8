/**
 * Starts an order for each id given, waits for them all, and prints what came of each.
 *
 *     node dist/start.js o-1 o-2 unknown-3
 */

import { Client, Connection, WorkflowFailedError } from "@temporalio/client";

const address = process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233";
const taskQueue = "orders";

async function processOrder(client: Client, orderId: string): Promise<boolean> {
  const handle = await client.workflow.start("processOrder", {
    args: [orderId],
    // The workflow id is what makes an order one order, however often this script is run.
    workflowId: `order-${orderId}`,
    taskQueue,
    workflowIdConflictPolicy: "USE_EXISTING",
  });
  try {
    const receipt = await handle.result();
    console.log(`${orderId} done: ${JSON.stringify(receipt)}`);
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    console.log(`${orderId} failed: ${innermost(error).message}`);
    return false;
  }
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}

const orderIds = process.argv.slice(2);
if (orderIds.length === 0) {
  console.error("usage: node dist/start.js ORDER_ID…");
  process.exit(2);
}

const connection = await Connection.connect({ address });
const client = new Client({ connection });
const succeeded = await Promise.all(orderIds.map((orderId) => processOrder(client, orderId)));
await connection.close();
process.exitCode = succeeded.every(Boolean) ? 0 : 1;
