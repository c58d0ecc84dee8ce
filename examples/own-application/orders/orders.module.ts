import { Module } from '@nestjs/common';
import { PersistenceModule } from 'onauth-server/on-auth';
import { Order, OrderLine } from './order.entity.js';
import { CreateOrders } from './order.tables.js';
import { OrdersController } from './orders.controller.js';
import { OrdersMessages } from './orders.messages.js';
import { OrdersPolicy } from './orders.policy.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [PersistenceModule.forFeature({ entities: [Order, OrderLine], migrations: [CreateOrders] })],
  controllers: [OrdersController, OrdersMessages],
  providers: [OrdersService, OrdersPolicy],
})
export class OrdersModule {}
