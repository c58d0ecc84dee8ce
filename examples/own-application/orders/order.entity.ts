import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn } from 'typeorm';
import { Scoped, epochMillis } from 'onauth-server/on-auth';

/** Which company an order is of stands in its metadata. */
@Scoped('orders', { by: 'metadata' })
@Entity('purchase_order')
export class Order {
  @PrimaryColumn('varchar') order_id!: string;
  @Column('bigint', { transformer: epochMillis }) created_at!: Date;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @Column('varchar') status!: 'open' | 'shipped';
  @OneToMany(() => OrderLine, (line) => line.order) lines?: OrderLine[];
}

/** Visible as its order is. */
@Scoped('orders', { through: 'order' })
@Entity('order_line')
export class OrderLine {
  @PrimaryColumn('varchar') order_id!: string;
  @PrimaryColumn('integer') position!: number;
  @Column('varchar') article!: string;
  @ManyToOne(() => Order, (order) => order.lines)
  @JoinColumn({ name: 'order_id' })
  order!: Order;
}
