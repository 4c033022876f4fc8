/** Runs workflows and activities, for a Temporal server. */

import { NativeConnection, Worker } from '@temporalio/worker';
import * as activities from './activities';
import { taskQueue } from './shared';

async function run(): Promise<void> {
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233' });
  const worker = await Worker.create({
    connection,
    namespace: process.env.TEMPORAL_NAMESPACE ?? 'default',
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    activities,
  });
  console.log('worker ready');
  await worker.run();
  await connection.close();
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
