import {
  Aggregate,
  aggregate,
  Command,
  type ConfigInput,
  command,
  commandHandler,
  Domain,
  DomainEvent,
  event,
  handle,
  identifier,
} from "@tidemark/core";
import { z } from "zod";

import type { RegistrarOptions } from "./registrar";

@event({ partOf: "Customer" })
class CustomerVisited extends DomainEvent({ customerId: identifier(), points: z.int(), reference: z.string() }) {}

@command({ partOf: "Customer" })
export class CountVisit extends Command({ customerId: identifier(), points: z.int(), reference: z.string() }) {}

@aggregate({ stored: "state" })
export class Customer extends Aggregate({
  name: z.string(),
  email: z.string(),
  address: z.object({ street: z.string(), city: z.string(), country: z.string() }),
  points: z.int().default(0),
  visits: z.int().default(0),
}) {
  visit(points: number): void {
    this.points += points;
    this.visits += 1;
  }

  visitWithEvent(points: number, reference: string): void {
    this.visit(points);
    this.raise(new CustomerVisited({ customerId: this.id, points, reference }));
  }
}

/** A shop that is not yet open, on the store that `config` names. */
export function shop(config: ConfigInput, { raisesEvents }: RegistrarOptions): Domain {
  const domain = new Domain("shop", { config });

  @commandHandler({ partOf: Customer })
  class CustomerCommandHandler {
    @handle(CountVisit)
    async count({ customerId, points, reference }: CountVisit): Promise<void> {
      const customers = domain.repositoryFor(Customer);
      const customer = await customers.get(customerId);
      if (raisesEvents) customer.visitWithEvent(points, reference);
      else customer.visit(points);
      await customers.add(customer);
    }
  }

  domain.register(Customer, CustomerVisited, CountVisit, CustomerCommandHandler);
  return domain;
}
