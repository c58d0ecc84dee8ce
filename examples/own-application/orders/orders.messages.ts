import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { Authorize, Authorized } from 'onauth-server/on-auth';
import { ListOrders, OrderId, listOrders, readOrder, shipOrder } from './orders.inputs.js';
import { OrdersService } from './orders.service.js';

/** The same events and inputs as over HTTP, for other services. */
@Controller()
export class OrdersMessages {
  constructor(private readonly orders: OrdersService) {}

  @MessagePattern('orders.read')
  @Authorize('orders', 'read', readOrder)
  read(@Authorized() { order_id }: OrderId) {
    return this.orders.get(order_id);
  }

  @MessagePattern('orders.list')
  @Authorize('orders', 'list', listOrders)
  list(@Authorized() list: ListOrders) {
    return this.orders.list(list);
  }

  /** Nobody is answered. */
  @EventPattern('orders.packed')
  @Authorize('orders', 'ship', shipOrder)
  async packed(@Authorized() { order_id }: OrderId) {
    await this.orders.ship(order_id);
  }
}
