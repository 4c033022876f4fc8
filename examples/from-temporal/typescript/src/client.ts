/** Starts workflows, and talks to them. */

import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { taskQueue } from './shared';
import type { approvalWorkflow, orderWorkflow } from './workflows';

const usage = `
node dist/client.js order o-1 compass         has a compass shipped
node dist/client.js order o-2 unobtainium     is refunded, since there is none
node dist/client.js approval o-3              waits for an answer for a week; returns at once
node dist/client.js status o-3
node dist/client.js approve o-3
node dist/client.js reject o-3 'too dear'
`;

async function run([verb, orderId, argument]: string[]): Promise<void> {
  if (verb === undefined || orderId === undefined) {
    console.error(usage);
    process.exit(2);
  }
  const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233' });
  const client = new Client({ connection });
  const approval = client.workflow.getHandle<typeof approvalWorkflow>(`approval-${orderId}`);
  switch (verb) {
    case 'order': {
      const order = { orderId, customer: 'ada', sku: argument ?? 'compass', amountCents: 4200 };
      try {
        const options = { args: [order] as [typeof order], workflowId: `order-${orderId}`, taskQueue };
        console.log(await client.workflow.execute<typeof orderWorkflow>('orderWorkflow', options));
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw error;
        console.log(`${orderId} failed: ${(error.cause?.cause as Error | undefined)?.message}`);
      }
      break;
    }
    case 'approval': {
      const request = { orderId, approver: 'grace' };
      const options = { args: [request] as [typeof request], workflowId: `approval-${orderId}`, taskQueue };
      await client.workflow.start<typeof approvalWorkflow>('approvalWorkflow', options);
      console.log(`started approval-${orderId}`);
      break;
    }
    case 'status':
      console.log(await approval.query<string>('getStatus'));
      break;
    case 'approve':
      await approval.signal('approve');
      console.log(await approval.result());
      break;
    case 'reject':
      await approval.signal('reject', argument ?? '');
      console.log(await approval.result());
      break;
    default:
      console.error(usage);
      process.exitCode = 2;
  }
  await connection.close();
}

run(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
