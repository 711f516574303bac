import {
  Aggregate,
  type AggregateOptions,
  apply,
  Command,
  DomainEvent,
  decimal,
  handle,
  identifier,
  type Repository,
  ValidationError,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { PlainProduct } from "./product-model";

/** The ways of storing aggregates that have a row. */
export const WAYS = {
  'stored as "state"': { stored: "state" },
  'stored as "both", their state the truth': { stored: "both", truth: "state" },
  'stored as "both", their events the truth': { stored: "both", truth: "events" },
} as const satisfies Readonly<Record<string, AggregateOptions>>;

/** How many products are added in one unit of work. */
const AT_ONCE = 100;

/** Opens a shop with products on the store under test, as new classes each time. */
export async function openProducts(adapter: EventStoreAdapter, storage: AggregateOptions) {
  // A command that loses to nine others tries again nine times.
  const domain = domainOn(adapter, { name: "shop", config: { commands: { retries: 20 } } });

  const fields = {
    name: z.string(),
    kind: z.enum(["BOOK", "TOY", "TOOL"]),
    stock: z.int(),
    weight: z.number().optional(),
    price: decimal(),
    since: z.date().nullable(),
    sold: z.bigint(),
    isNew: z.boolean(),
    tags: z.array(z.string()),
    size: z.object({ width: z.number() }).optional(),
  };

  @domain.event({ partOf: "Product" })
  class Listed extends DomainEvent(fields) {}

  @domain.event({ partOf: "Product" })
  class Stocked extends DomainEvent({ stock: z.int() }) {}

  @domain.aggregate(storage)
  class Product extends Aggregate(
    { ...fields, kind: fields.kind.default("BOOK"), tags: fields.tags.default([]) },
    storage.stored === "events" ? {} : { indexes: [["kind", "stock"], "name"] },
  ) {
    static list({ id, ...values }: PlainProduct): Product {
      const product = Product.createNew({ id });
      product.raise(new Listed(values));
      return product;
    }

    hold(stock: number): void {
      this.raise(new Stocked({ stock }));
    }

    @apply(Listed)
    onListed(listed: Listed): void {
      Object.assign(this, listed);
    }

    @apply(Stocked)
    onStocked({ stock }: Stocked): void {
      this.stock = stock;
    }
  }

  @domain.command({ partOf: Product })
  class Sell extends Command({ orderId: identifier(), kind: fields.kind }) {}

  @domain.commandHandler({ partOf: Product })
  class Selling {
    /** Sells one of the product that there is most of. */
    @handle(Sell)
    async sell({ kind }: Sell): Promise<string> {
      const products = domain.repositoryFor(Product);
      const product = await products.where("kind", "=", kind).where("stock", ">", 0).orderBy("stock", "desc").first();
      if (product === undefined) throw new ValidationError({ kind: ["sold out"] });
      product.hold(product.stock - 1);
      await products.add(product);
      return product.id;
    }
  }

  await domain.init();
  const products: Repository<Product> = domain.repositoryFor(Product);
  const list = async (plain: readonly PlainProduct[]): Promise<void> => {
    for (let first = 0; first < plain.length; first += AT_ONCE)
      await domain.unitOfWork(async () => {
        for (const each of plain.slice(first, first + AT_ONCE)) await products.add(Product.list(each));
      });
  };
  return { domain, Product, products, list, Sell, Selling };
}

/** A selection of the products of `openProducts`. */
export type SelectedProducts = ReturnType<Awaited<ReturnType<typeof openProducts>>["products"]["limit"]>;

/** A product of `openProducts`. */
export type StoredProduct = Awaited<ReturnType<SelectedProducts["all"]>>[number];
