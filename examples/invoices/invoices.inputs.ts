import { IsInt, IsString, Min } from 'class-validator';
import { v7 as uuid } from 'uuid';
import {
  IsId,
  IsLimit,
  IsOffset,
  IsOptionalObject,
  routeInput,
  withoutReserved,
  type JsonObject,
} from '../../src/index.js';

/** The body of `POST /invoices`. Initial values are the defaults. */
export class CreateInvoice {
  @IsId() invoice_id: string = uuid();
  @IsString() customer!: string;
  @IsInt() @Min(1) amount_cents!: number;
  @IsOptionalObject() metadata: JsonObject = {};
}

export const createInvoice = routeInput('invoices:create', {
  type: CreateInvoice,
  ids: { invoice_id: { in: 'body', refusal: 409 } },
  value: ({ metadata, ...invoice }) => ({ ...invoice, metadata: withoutReserved(metadata) }),
  honours: ['metadata'],
});

/** A route that names one invoice in its path. */
export class InvoiceId {
  @IsId() invoice_id!: string;
}

export const readInvoice = routeInput('invoices:read', {
  type: InvoiceId,
  ids: { invoice_id: 'path' },
  value: ({ invoice_id }) => ({ invoice_id }),
});

export const deleteInvoice = routeInput('invoices:delete', {
  type: InvoiceId,
  ids: { invoice_id: 'path' },
  value: ({ invoice_id }) => ({ invoice_id }),
});

/** The body of `PATCH /invoices/{invoice_id}`: metadata is merged over what is stored. */
export class UpdateInvoice extends InvoiceId {
  @IsOptionalObject() metadata?: JsonObject;
}

export const updateInvoice = routeInput('invoices:update', {
  type: UpdateInvoice,
  ids: { invoice_id: 'path' },
  value: ({ invoice_id, metadata }) => ({
    invoice_id,
    ...(metadata && { metadata: withoutReserved(metadata) }),
  }),
  honours: ['metadata'],
});

/** The body of `POST /invoices/search`. */
export class SearchInvoices {
  @IsLimit() limit = 10;
  @IsOffset() offset = 0;
}

export const searchInvoices = routeInput('invoices:search', {
  type: SearchInvoices,
  value: ({ limit, offset }) => ({ limit, offset }),
});
