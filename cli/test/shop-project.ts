import { join } from "node:path";

import Database from "better-sqlite3";

import { createShop, type ShopVariant } from "./fixtures/shop/src/shop";
import { Project } from "./project";

/** A project whose customers are stored as their state, or as both. */
export class ShopProject extends Project {
  /** The version of the code that commands load from now on. */
  variant: ShopVariant;

  constructor(variant: ShopVariant = {}) {
    super("shop");
    this.variant = variant;
    this.exports = () => ({ shop: createShop({ root: this.folder, ...this.variant }) });
  }

  /** What the present version of the code does before or after a command. */
  async withShop<T>(work: (shop: ReturnType<typeof createShop>) => Promise<T>): Promise<T> {
    const shop = createShop({ root: this.folder, ...this.variant });
    await shop.init();
    try {
      return await work(shop);
    } finally {
      await shop.close();
    }
  }

  /** Stores customers that have moved to Rome. */
  async joinCustomers(...ids: readonly string[]): Promise<void> {
    await this.withShop(async (shop) => {
      const { Customer } = shop;
      for (const id of ids) {
        const customer = Customer.join(id, `Name of ${id}`);
        customer.move("Rome");
        await shop.repositoryFor(Customer).add(customer);
      }
    });
  }

  /** Runs SQL on the store behind the back of the shop. */
  sql(statement: string): unknown[] {
    const database = new Database(join(this.folder, "shop.db"));
    try {
      const prepared = database.prepare(statement);
      return prepared.reader ? prepared.all() : [prepared.run()];
    } finally {
      database.close();
    }
  }
}
