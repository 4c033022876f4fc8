/** Asks for an approval, gives it, and looks at it. */

import { Client, Connection } from "@temporalio/client";

const usage = `
node dist/client.js start o-1            start waiting; returns at once
node dist/client.js status o-1           ask the running workflow how it stands
node dist/client.js approve o-1 grace    approve, in somebody's name
node dist/client.js result o-1           wait for the outcome
`;

const address = process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233";
const taskQueue = "approvals";

const [verb, orderId, approver] = process.argv.slice(2);
if (verb === undefined || orderId === undefined || (verb === "approve" && approver === undefined)) {
  console.error(usage);
  process.exit(2);
}

const connection = await Connection.connect({ address });
const client = new Client({ connection });
const workflowId = `approval-${orderId}`;

switch (verb) {
  case "start": {
    const handle = await client.workflow.start("approveOrder", { args: [orderId], workflowId, taskQueue });
    console.log(`started ${workflowId}, run ${handle.firstExecutionRunId}`);
    break;
  }
  case "status":
    console.log(JSON.stringify(await client.workflow.getHandle(workflowId).query("status")));
    break;
  case "approve":
    await client.workflow.getHandle(workflowId).signal("approve", { approver });
    console.log(`${orderId} approved by ${approver}`);
    break;
  case "result":
    console.log(JSON.stringify(await client.workflow.getHandle(workflowId).result()));
    break;
  default:
    console.error(usage);
    process.exitCode = 2;
}
await connection.close();
