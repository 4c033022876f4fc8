/** Where a module begins: the SDK, whose globals must be there first, and the author's workflows, by the name that the builder gives their file. */

import { registerWorkflows } from './module.js';
import * as workflows from 'mainspring:workflows';

registerWorkflows(workflows);

export { activate, conclude, describe, query, rejected, unblock, validateUpdate } from './module.js';
