import { Module } from '@nestjs/common';
import { PersistenceModule } from '../../src/index.js';
import { Invoice } from './invoice.entity.js';
import { CreateInvoices } from './invoice.tables.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesService } from './invoices.service.js';

@Module({
  imports: [PersistenceModule.forFeature({ entities: [Invoice], migrations: [CreateInvoices] })],
  controllers: [InvoicesController],
  providers: [InvoicesService],
})
export class InvoicesModule {}
