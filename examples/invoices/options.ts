import { OwnerPolicy, type AppOptions } from '../../src/index.js';
import { InvoicesModule } from './invoices.module.js';
import { InvoicesPolicy } from './invoices.policy.js';

/** The whole server, with invoices beside threads and assistants. */
export const options: AppOptions = {
  modules: [InvoicesModule],
  policies: [OwnerPolicy, InvoicesPolicy],
};
