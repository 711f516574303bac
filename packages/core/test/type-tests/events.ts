import { Aggregate, Domain, DomainEvent, event, type Upcaster, upcaster } from "@tidemark/core";
import { z } from "zod";

const domain = new Domain("fidelis");

@domain.event({ partOf: "Account", version: 3, formerly: ["MoneyDeposited"], deprecated: "raise CentsDeposited" })
class DepositMade extends DomainEvent({ amount: z.number(), currency: z.string() }) {}

@event({ partOf: "Account", deprecated: true })
class Counted extends DomainEvent({}) {}

@domain.aggregate({ eventSourced: true, skipEvents: ["OldEvent", "Legacy.Counted.v1"] })
class Account extends Aggregate({ balance: z.number() }) {}

@domain.upcaster({ event: DepositMade, from: 1, to: 2 })
class DepositsHaveCurrency {
  upcast(data: Record<string, any>) {
    return { ...data, currency: "EUR" };
  }
}

@upcaster({ event: "DepositMade", from: 2, to: 3 })
class DepositsAreNumbers implements Upcaster {
  upcast({ amount, ...data }: { amount: string; currency: string }) {
    return { ...data, amount: Number(amount) };
  }
}

// @ts-expect-error: no upcast()
domain.upcaster({ event: DepositMade, from: 1, to: 2 })(class {});
// @ts-expect-error: upcasters are made without arguments
@upcaster({ event: DepositMade, from: 1, to: 2 })
class Needy {
  constructor(readonly clock: () => Date) {}
  upcast(data: Record<string, any>) {
    return data;
  }
}
// @ts-expect-error: from where to where
upcaster({ event: DepositMade, from: 1 });
// @ts-expect-error: neither a class nor a name
upcaster({ event: 5, from: 1, to: 2 });
// @ts-expect-error: a version is a number
event({ partOf: "Account", version: "2" });
// @ts-expect-error: a list of names
event({ partOf: "Account", formerly: "MoneyDeposited" });

export { Account, Counted, DepositsAreNumbers, DepositsHaveCurrency, Needy };
