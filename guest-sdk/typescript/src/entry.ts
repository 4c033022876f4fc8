/** Where a module begins: the author's workflows, by the name that the builder gives their file, in the hands of the SDK. */

import * as workflows from 'mainspring:workflows';
import { registerWorkflows } from './module.js';

registerWorkflows(workflows);

export { activate, conclude, describe, query, rejected, unblock, validateUpdate } from './module.js';
