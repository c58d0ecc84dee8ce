import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { Authorize, Authorized } from '../../src/index.js';
import {
  CreateInvoice,
  InvoiceId,
  SearchInvoices,
  UpdateInvoice,
  createInvoice,
  deleteInvoice,
  readInvoice,
  searchInvoices,
  updateInvoice,
} from './invoices.inputs.js';
import { InvoicesService } from './invoices.service.js';

/** Each route says which event it fires. One that says nothing stops the boot. */
@Controller('invoices')
export class InvoicesController {
  constructor(private readonly invoices: InvoicesService) {}

  @Post()
  @HttpCode(200)
  @Authorize('invoices', 'create', createInvoice)
  create(@Authorized() invoice: CreateInvoice) {
    return this.invoices.create(invoice);
  }

  @Post('search')
  @HttpCode(200)
  @Authorize('invoices', 'search', searchInvoices)
  search(@Authorized() search: SearchInvoices) {
    return this.invoices.search(search);
  }

  @Get(':invoice_id')
  @Authorize('invoices', 'read', readInvoice)
  get(@Authorized() { invoice_id }: InvoiceId) {
    return this.invoices.get(invoice_id);
  }

  @Patch(':invoice_id')
  @Authorize('invoices', 'update', updateInvoice)
  update(@Authorized() change: UpdateInvoice) {
    return this.invoices.update(change);
  }

  @Delete(':invoice_id')
  @HttpCode(204)
  @Authorize('invoices', 'delete', deleteInvoice)
  delete(@Authorized() { invoice_id }: InvoiceId) {
    return this.invoices.delete(invoice_id);
  }
}
