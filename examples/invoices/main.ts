import { OwnerPolicy, serve } from '../../src/index.js';
import { InvoicesModule } from './invoices.module.js';
import { InvoicesPolicy } from './invoices.policy.js';

/** The whole server, with invoices beside threads and assistants. */
await serve({ modules: [InvoicesModule], policies: [OwnerPolicy, InvoicesPolicy] });
