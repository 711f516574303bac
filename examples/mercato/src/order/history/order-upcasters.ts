import { domain } from "../../mercato";
import { AddressGiven, LineAdded, OrderStarted } from "../order-events";
import { addressOfLine, moneyOfCents } from "./first-release";

type Data = Record<string, any>;

@domain.upcaster({ event: OrderStarted, from: 1, to: 2 })
export class OrdersHaveACurrency {
  upcast(data: Data): Data {
    return { ...data, currency: "EUR" };
  }
}

@domain.upcaster({ event: LineAdded, from: 1, to: 2 })
export class PricesAreMoney {
  upcast({ cents, ...line }: Data): Data {
    return { ...line, price: moneyOfCents(cents) };
  }
}

@domain.upcaster({ event: LineAdded, from: 2, to: 3 })
export class LinesAreEntities {
  upcast({ orderId, sku: id, ...line }: Data): Data {
    return { orderId, line: { id, ...line } };
  }
}

@domain.upcaster({ event: AddressGiven, from: 1, to: 2 })
export class AddressesHaveParts {
  upcast({ address, ...data }: Data): Data {
    return { ...data, address: addressOfLine(address) };
  }
}
