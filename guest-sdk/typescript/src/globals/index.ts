/** What authors expect to be there, on workflow time and seed. */

import './console.js';
import './crypto.js';
import './abort.js';
import './clone.js';
import './text.js';
import './timers.js';
import './unavailable.js';
import './url.js';
