import {
  Aggregate,
  Domain,
  DomainEvent,
  event,
  type Fact,
  type RecordedEvent,
  type Upcaster,
  upcaster,
} from "@tidemark/core";
import { z } from "zod";

const domain = new Domain("fidelis");

@domain.event({ partOf: "Account", version: 3, formerly: ["MoneyDeposited"], deprecated: "raise CentsDeposited" })
class DepositMade extends DomainEvent({ amount: z.number(), currency: z.string() }) {}

@event({ partOf: "Account", deprecated: true })
class Counted extends DomainEvent({}) {}

@domain.aggregate({ eventSourced: true, skipEvents: ["OldEvent", "Legacy.Counted.v1"], factEvents: true })
class Account extends Aggregate({ balance: z.number(), closedOn: z.date().optional() }) {
  close(): void {}
}

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
// @ts-expect-error: what it returns is the data of the next version
@domain.upcaster({ event: DepositMade, from: 1, to: 2 })
class Text {
  upcast() {
    return "amount: 5";
  }
}
// @ts-expect-error: a load waits for no upcaster
@domain.upcaster({ event: DepositMade, from: 1, to: 2 })
class Late {
  async upcast(data: Record<string, any>) {
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

domain
  .enrichEvents((event, { type, aggregateId, version, extensions }) => {
    const who: unknown = extensions.userId;
    return event instanceof DepositMade
      ? { who, note: `${type} ${aggregateId} ${version}`, amount: event.amount }
      : undefined;
  })
  .enrichCommands((_command, { commandId, correlationId }) => ({ commandId, correlationId }));
// @ts-expect-error: a list of names
domain.aggregate({ eventSourced: true, skipEvents: "OldEvent" });
// @ts-expect-error: yes or no
domain.aggregate({ eventSourced: true, factEvents: "yes" });
// @ts-expect-error: a command has no version
domain.enrichCommands((_command, { version }) => ({ version }));
// @ts-expect-error: an enricher waits for nothing
domain.enrichEvents(async () => ({ userId: "u-1" }));
// @ts-expect-error: an object, not a text
domain.enrichCommands(() => "u-1");

export async function facts(): Promise<void> {
  const facts = domain.factsFor(Account);
  const latest: Fact<Account> | undefined = await facts.latest("1");
  const closedOn: Date | undefined = latest?.state.closedOn;
  // @ts-expect-error: a state has no methods
  latest?.state.close();
  // @ts-expect-error: a state is frozen
  if (latest) latest.state.balance = 5;
  for await (const { state, version } of facts.read("1", { from: 2 })) console.error(state.balance + version, closedOn);
  for await (const { id } of facts.readAll({ after: 7, limit: 5 })) console.error(id.length);
  // @ts-expect-error: of which one
  await facts.latest();
  // @ts-expect-error: facts of one aggregate go by their position in its stream
  facts.read("1", { after: 7 });
  // @ts-expect-error: what was recorded
  domain.eventFrom({ type: "Fidelis.DepositMade.v3" });
  // @ts-expect-error: only aggregates have facts
  domain.factsFor(DepositMade);
}

export function metadataOf({ metadata }: RecordedEvent): string {
  const { correlationId, causationId, extensions } = metadata;
  // @ts-expect-error: others append events without it
  correlationId.length;
  return [correlationId, causationId, extensions?.userId].join();
}

export { Account, Counted, DepositsAreNumbers, DepositsHaveCurrency, Late, Needy, Text };
