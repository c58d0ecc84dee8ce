import { Controller, Get, Post } from '@nestjs/common';
import { Authorize, Authorized } from 'onauth-server/on-auth';
import {
  ListOrders,
  OrderId,
  PlaceOrder,
  listOrders,
  placeOrder,
  readOrder,
  shipOrder,
} from './orders.inputs.js';
import { OrdersService } from './orders.service.js';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  @Authorize('orders', 'place', placeOrder)
  place(@Authorized() order: PlaceOrder) {
    return this.orders.place(order);
  }

  @Get()
  @Authorize('orders', 'list', listOrders)
  list(@Authorized() list: ListOrders) {
    return this.orders.list(list);
  }

  @Get(':order_id')
  @Authorize('orders', 'read', readOrder)
  get(@Authorized() { order_id }: OrderId) {
    return this.orders.get(order_id);
  }

  @Post(':order_id/ship')
  @Authorize('orders', 'ship', shipOrder)
  ship(@Authorized() { order_id }: OrderId) {
    return this.orders.ship(order_id);
  }
}
