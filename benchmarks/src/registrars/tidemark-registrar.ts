import type { ConfigInput, Domain } from "@tidemark/core";
import { newCustomer, type PlainCustomer, POINTS, REFERENCE } from "./plain-customer";
import type { Registrar, RegistrarOptions } from "./registrar";
import { CountVisit, Customer, shop } from "./shop";

const CUSTOMERS_A_COMMIT = 500;

/** An application on Tidemark whose customers are stored as state. */
export class TidemarkRegistrar implements Registrar {
  private constructor(
    private readonly domain: Domain,
    private readonly options: RegistrarOptions,
  ) {}

  static async open(
    eventStore: NonNullable<ConfigInput["event_store"]>,
    options: RegistrarOptions,
  ): Promise<TidemarkRegistrar> {
    const domain = shop({ event_store: eventStore, snapshots: { mode: "manual" } }, options);
    await domain.init();
    return new TidemarkRegistrar(domain, options);
  }

  async register(customerIds: readonly string[]): Promise<void> {
    const customers = this.domain.repositoryFor(Customer);
    for (let first = 0; first < customerIds.length; first += CUSTOMERS_A_COMMIT)
      await this.domain.unitOfWork(async () => {
        for (const id of customerIds.slice(first, first + CUSTOMERS_A_COMMIT)) {
          const { name, email, address } = newCustomer(id);
          await customers.add(Object.assign(Customer.createNew({ id }), { name, email, address }));
        }
      });
  }

  async customer(customerId: string): Promise<PlainCustomer> {
    const { id, name, email, address, points, visits } = await this.domain.repositoryFor(Customer).get(customerId);
    return { customerId: id, name, email, address, points, visits };
  }

  async visit(customerId: string): Promise<void> {
    const { byCommand, raisesEvents } = this.options;
    if (byCommand) await this.domain.process(new CountVisit({ customerId, points: POINTS, reference: REFERENCE }));
    else
      await this.domain.repositoryFor(Customer).update(customerId, (customer) => {
        if (raisesEvents) customer.visitWithEvent(POINTS, REFERENCE);
        else customer.visit(POINTS);
      });
  }

  async events(customerId: string): Promise<number> {
    let count = 0;
    for await (const _ of this.domain.eventStore.read(this.domain.streamFor(Customer, customerId))) count++;
    return count;
  }

  async close(): Promise<void> {
    await this.domain.close();
  }
}
