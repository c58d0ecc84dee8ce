import type { Template } from '../support/template.js';
import { assistantTemplates } from './assistants.templates.js';
import { cronTemplates } from './crons.templates.js';
import { runTemplates } from './runs.templates.js';
import { storeTemplates } from './store.templates.js';
import { threadTemplates } from './threads.templates.js';

/** At least one valid request of every route. A route without one fails the replay. */
export const templates: readonly Template[] = [
  { route: 'GET /ok' },
  { route: 'GET /info' },
  { route: 'GET /openapi.json' },
  { route: 'GET /docs' },
  { route: 'GET /docs/page.js' },
  { route: 'GET /docs/swagger-ui-bundle.js' },
  { route: 'GET /docs/swagger-ui.css' },
  ...assistantTemplates,
  ...threadTemplates,
  ...runTemplates,
  ...storeTemplates,
  ...cronTemplates,
];
