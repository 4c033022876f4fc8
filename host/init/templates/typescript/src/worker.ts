/** Runs the activities, with the official Temporal SDK. */

import { NativeConnection, Worker } from '@temporalio/worker';
import * as activities from './activities.js';

const address = process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233';
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({ connection, taskQueue: 'reminders', activities });
await worker.run();
