/** Runs the one activity of the approval, with the official Temporal SDK. */

import { NativeConnection, Worker } from "@temporalio/worker";

const address = process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233";
const taskQueue = "approvals";

async function cancelOrder(orderId: string): Promise<void> {
  console.log(`${orderId}: nobody approved it, cancelled`);
}

const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({ connection, taskQueue, activities: { cancelOrder } });
console.log(`worker ready: task queue '${taskQueue}' at ${address}`);
await worker.run();
await connection.close();
