/** Where a module begins: the SDK, whose globals must be there first, and the author's workflows, by the name that the builder gives their file. */

import { registerWorkflows } from './module.js';
import * as workflows from 'mainspring:workflows';

registerWorkflows(workflows);

export {
  cancelRequested,
  childExists,
  childStarted,
  completed,
  describe,
  enter,
  failed,
  query,
  rejected,
  settle,
  signalReceived,
  updateRequested,
  validateUpdate,
} from './module.js';
