import {
  Aggregate,
  apply,
  type ConfigInput,
  DomainEvent,
  Entity,
  entity,
  hasMany,
  hasOne,
  identifier,
  ValueObject,
  valueObject,
} from "@tidemark/core";
import { type EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";

export class Money extends ValueObject({ currency: z.enum(["EUR", "USD"]), cents: z.bigint() }) {
  plus({ cents }: Money): Money {
    return this.with({ cents: this.cents + cents });
  }
}

export class Parcel extends Entity({ sentOn: z.date(), weight: z.number(), insured: valueObject(Money).optional() }) {}

export class Line extends Entity({ text: z.string(), price: valueObject(Money), parcels: hasMany(Parcel) }) {
  get weight(): number {
    return this.parcels.reduce((sum, { weight }) => sum + weight, 0);
  }
}

export class Address extends Entity({ city: z.string() }) {}

/** A domain of orders, which have entities in entities and value objects, on the store under test. */
export async function openOrders(
  adapter: EventStoreAdapter,
  config: ConfigInput = {},
  /** How a parcel is weighed when it is folded: code that changed while the shape stayed. */
  weigh = (weight: number) => weight,
) {
  const domain = domainOn(adapter, { config });

  @domain.event({ partOf: "Order" })
  class LineAdded extends DomainEvent({ line: entity(Line) }) {}

  @domain.event({ partOf: "Order" })
  class LineRemoved extends DomainEvent({ lineId: identifier() }) {}

  @domain.event({ partOf: "Order" })
  class ParcelSent extends DomainEvent({ lineId: identifier(), parcel: entity(Parcel) }) {}

  @domain.event({ partOf: "Order" })
  class Repriced extends DomainEvent({ lineId: identifier(), by: valueObject(Money) }) {}

  @domain.event({ partOf: "Order" })
  class Redirected extends DomainEvent({ address: hasOne(Address) }) {}

  @domain.aggregate({ eventSourced: true })
  class Order extends Aggregate({
    address: hasOne(Address),
    lines: hasMany(Line),
    total: valueObject(Money).default(() => new Money({ currency: "EUR", cents: 0n })),
    prices: z.array(valueObject(Money)).default([]),
  }) {
    @apply(LineAdded)
    onAdded({ line }: LineAdded): void {
      this.lines.add(line);
      this.total = this.total.plus(line.price);
    }

    @apply(LineRemoved)
    onRemoved({ lineId }: LineRemoved): void {
      const { price } = this.lines.remove(lineId);
      this.total = this.total.with({ cents: this.total.cents - price.cents });
    }

    @apply(ParcelSent)
    onSent({ lineId, parcel }: ParcelSent): void {
      parcel.weight = weigh(parcel.weight);
      this.lines.get(lineId).parcels.add(parcel);
    }

    @apply(Repriced)
    onRepriced({ lineId, by }: Repriced): void {
      const line = this.lines.get(lineId);
      this.prices.push(line.price);
      line.price = line.price.plus(by);
      this.total = this.total.plus(by);
    }

    @apply(Redirected)
    onRedirected({ address }: Redirected): void {
      this.address = address;
    }
  }

  await domain.init();
  const orders = domain.repositoryFor(Order);
  return { domain, orders, Order, LineAdded, LineRemoved, ParcelSent, Repriced, Redirected };
}

export type Orders = Awaited<ReturnType<typeof openOrders>>;
export type Order = Orders["Order"]["prototype"];

/** All that an order holds, to compare as a whole. */
export function contentsOf(order: Order): object {
  return { ...order, lines: order.lines.toArray(), id: order.id, version: order.version };
}
