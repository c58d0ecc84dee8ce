import { randomUUID } from 'node:crypto';
import { ArrayMaxSize, IsArray, IsString } from 'class-validator';
import { IsId, IsLimit, IsOptionalObject, integer, routeInput } from 'onauth-server/route-input';

export class PlaceOrder {
  @IsId() order_id: string = randomUUID();
  @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) articles!: string[];
  @IsOptionalObject() metadata: Record<string, unknown> = {};
}

export const placeOrder = routeInput('orders:place', {
  type: PlaceOrder,
  ids: { order_id: { in: 'body', refusal: 409 } },
  value: ({ order_id, metadata }) => ({ order_id, metadata: { ...metadata } }),
  honours: ['metadata'],
});

export class OrderId {
  @IsId() order_id!: string;
}

export const readOrder = routeInput('orders:read', {
  type: OrderId,
  ids: { order_id: 'path' },
  value: ({ order_id }) => ({ order_id }),
});

export const shipOrder = routeInput('orders:ship', {
  type: OrderId,
  ids: { order_id: 'path' },
  value: ({ order_id }) => ({ order_id }),
});

export class ListOrders {
  @IsLimit() limit = 20;
}

export const listOrders = routeInput('orders:list', {
  type: ListOrders,
  query: { limit: integer },
  value: ({ limit }) => ({ limit }),
});
