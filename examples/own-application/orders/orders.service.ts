import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { isUniqueViolation, rowOf } from 'onauth-server/on-auth';
import { Order, OrderLine } from './order.entity.js';
import type { ListOrders, PlaceOrder } from './orders.inputs.js';

@Injectable()
export class OrdersService {
  constructor(@InjectRepository(Order) private readonly orders: Repository<Order>) {}

  /** @throws ConflictException when the id is taken */
  async place({ order_id, articles, metadata }: PlaceOrder): Promise<Order> {
    const row = { order_id, metadata, status: 'open' as const, created_at: new Date() };
    const lines = articles.map((article, position) => rowOf<OrderLine>({ order_id, position, article }));
    try {
      await this.orders.manager.transaction(async (manager) => {
        await manager.insert(Order, rowOf<Order>(row));
        await manager.insert(OrderLine, lines);
      });
    } catch (error) {
      throw isUniqueViolation(error) ? new ConflictException('Order already exists') : error;
    }
    return row;
  }

  /** @throws NotFoundException when there is no such order, or none that is visible */
  async get(order_id: string): Promise<Order> {
    const order = await this.orders.findOne({ where: { order_id }, relations: { lines: true } });
    if (!order) throw new NotFoundException(`Order ${order_id} not found`);
    return order;
  }

  list({ limit }: ListOrders): Promise<Order[]> {
    return this.orders.find({ order: { created_at: 'DESC', order_id: 'DESC' }, take: limit });
  }

  async ship(order_id: string): Promise<Order> {
    await this.orders.update({ order_id }, { status: 'shipped' });
    return this.get(order_id);
  }
}
