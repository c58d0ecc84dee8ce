import type { JsonObject } from '../../src/index.js';

export interface InvoicesCreateValue {
  readonly invoice_id: string;
  readonly customer: string;
  readonly amount_cents: number;
  metadata: JsonObject;
}

export interface InvoicesSearchValue {
  readonly limit: number;
  readonly offset: number;
}

/** From here on `@OnAuth('invoices', 'create')` compiles, and `@OnAuth('invoices', 'crate')` does not. */
declare module '../../src/index.js' {
  interface AuthEventMap {
    'invoices:create': InvoicesCreateValue;
    'invoices:read': { readonly invoice_id: string };
    'invoices:update': { readonly invoice_id: string; metadata?: JsonObject };
    'invoices:delete': { readonly invoice_id: string };
    'invoices:search': InvoicesSearchValue;
  }
}
