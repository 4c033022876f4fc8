/** Begins a subscription, looks at it, changes it, ends it. */

import { Client, Connection, WorkflowUpdateFailedError } from "@temporalio/client";

const usage = `
node dist/client.js start ada 500     charge ada 5.00 every five seconds; returns at once
node dist/client.js status ada        ask the running workflow how it stands
node dist/client.js change ada 700    another price from the next period on
node dist/client.js cancel ada        end it with the period that is paid
node dist/client.js result ada        wait for the end
`;

const address = process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233";
const taskQueue = "subscriptions";

const [verb, customer, amount] = process.argv.slice(2);
if (verb === undefined || customer === undefined || (["start", "change"].includes(verb) && amount === undefined)) {
  console.error(usage);
  process.exit(2);
}

const connection = await Connection.connect({ address });
const client = new Client({ connection });
const workflowId = `subscription-${customer}`;
const handle = client.workflow.getHandle(workflowId);
const amountCents = Number(amount);

switch (verb) {
  case "start":
    await client.workflow.start("subscription", {
      args: [{ customer, amountCents, periodSeconds: 5 }],
      workflowId,
      taskQueue,
    });
    console.log(`started ${workflowId}`);
    break;
  case "status":
    console.log(JSON.stringify(await handle.query("status")));
    break;
  case "change":
    try {
      const before = await handle.executeUpdate<number, [number]>("changeAmount", { args: [amountCents] });
      console.log(`${amountCents} cents from now on, instead of ${before}`);
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      console.log(`refused: ${error.cause?.message}`);
    }
    break;
  case "cancel":
    await handle.signal("cancel");
    console.log(`${workflowId} ends with the period that is paid`);
    break;
  case "result":
    console.log(JSON.stringify(await handle.result()));
    break;
  default:
    console.error(usage);
    process.exitCode = 2;
}
await connection.close();
