export interface OrdersPlaceValue {
  readonly order_id: string;
  metadata: Record<string, unknown>;
}

declare module 'onauth-server/on-auth' {
  interface AuthEventMap {
    'orders:place': OrdersPlaceValue;
    'orders:read': { readonly order_id: string };
    'orders:list': { readonly limit: number };
    'orders:ship': { readonly order_id: string };
  }
}
