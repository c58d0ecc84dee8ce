import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { isUniqueViolation, rowOf } from '../../src/index.js';
import { Invoice } from './invoice.entity.js';
import type { CreateInvoice, SearchInvoices, UpdateInvoice } from './invoices.inputs.js';

/** Not a word about who may what: the repository reaches the rows that the handler's decision allows, and no others. */
@Injectable()
export class InvoicesService {
  constructor(@InjectRepository(Invoice) private readonly invoices: Repository<Invoice>) {}

  /** @throws ConflictException when the id is taken */
  async create({ invoice_id, customer, amount_cents, metadata }: CreateInvoice): Promise<Invoice> {
    const row = { invoice_id, customer, amount_cents, metadata, created_at: new Date() };
    try {
      await this.invoices.insert(rowOf<Invoice>(row));
    } catch (error) {
      throw isUniqueViolation(error) ? new ConflictException('Invoice already exists') : error;
    }
    return row;
  }

  /** @throws NotFoundException when there is no such invoice, or none that is visible */
  async get(invoice_id: string): Promise<Invoice> {
    return (await this.invoices.findOneBy({ invoice_id })) ?? missing(invoice_id);
  }

  search({ limit, offset }: SearchInvoices): Promise<Invoice[]> {
    return this.invoices.find({
      order: { created_at: 'DESC', invoice_id: 'DESC' },
      take: limit,
      skip: offset,
    });
  }

  async update({ invoice_id, metadata }: UpdateInvoice): Promise<Invoice> {
    const invoice = await this.get(invoice_id);
    const change = { metadata: { ...invoice.metadata, ...metadata } };
    await this.invoices.update({ invoice_id }, rowOf<Invoice>(change));
    return Object.assign(invoice, change);
  }

  async delete(invoice_id: string): Promise<void> {
    const { affected } = await this.invoices.delete({ invoice_id });
    if (affected !== 1) missing(invoice_id);
  }
}

function missing(invoiceId: string): never {
  throw new NotFoundException(`Invoice with ID ${invoiceId} not found`);
}
