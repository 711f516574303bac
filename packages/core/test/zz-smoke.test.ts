import {
  Aggregate,
  apply,
  Command,
  Domain,
  DomainError,
  DomainEvent,
  handle,
  identifier,
  ProcessManager,
  rejected,
  timer,
} from "@tidemark/core";
import { z } from "zod";

it("moves money", async () => {
  const domain = new Domain("bank", {
    logger: { warn: console.log, error: console.log } as never,
    config: { server: { embedded: false } },
  });
  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier(), cents: z.number() }) {}
  @domain.event({ partOf: "Account" })
  class Withdrawn extends DomainEvent({ accountId: identifier(), reference: identifier(), cents: z.number() }) {}
  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent({ accountId: identifier(), reference: identifier(), cents: z.number() }) {}
  @domain.event({ partOf: "Account" })
  class Asked extends DomainEvent({
    transferId: identifier(),
    from: identifier(),
    to: identifier(),
    cents: z.number(),
  }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ cents: z.number().default(0), closed: z.boolean().default(false) }) {
    @apply(Opened) o(e: Opened) {
      this.cents = e.cents;
    }
    @apply(Withdrawn) w(e: Withdrawn) {
      this.cents -= e.cents;
    }
    @apply(Deposited) d(e: Deposited) {
      this.cents += e.cents;
    }
    @apply(Asked) a(_: Asked) {}
  }
  class Broke extends DomainError {
    constructor() {
      super("not enough", { code: "BROKE", details: { a: 1 } });
    }
  }
  @domain.command({ partOf: Account })
  class Open extends Command({ id: identifier(), cents: z.number() }) {}
  @domain.command({ partOf: Account })
  class Ask extends Command({ id: identifier(), to: identifier(), transferId: identifier(), cents: z.number() }) {}
  @domain.command({ partOf: Account })
  class Withdraw extends Command({ id: identifier(), reference: identifier(), cents: z.number() }) {}
  @domain.command({ partOf: Account })
  class Deposit extends Command({ id: identifier(), reference: identifier(), cents: z.number() }) {}
  @domain.commandHandler({ partOf: Account })
  class Handlers {
    @handle(Open) async open(c: Open) {
      const a = Account.createNew({ id: c.id });
      a.raise(new Opened({ accountId: c.id, cents: c.cents }));
      await domain.repositoryFor(Account).add(a);
    }
    @handle(Ask) async ask(c: Ask) {
      const r = domain.repositoryFor(Account);
      const a = await r.get(c.id);
      a.raise(new Asked({ transferId: c.transferId, from: c.id, to: c.to, cents: c.cents }));
      await r.add(a);
    }
    @handle(Withdraw) async withdraw(c: Withdraw) {
      const r = domain.repositoryFor(Account);
      const a = await r.get(c.id);
      if (a.cents < c.cents) throw new Broke();
      a.raise(new Withdrawn({ accountId: c.id, reference: c.reference, cents: c.cents }));
      await r.add(a);
    }
    @handle(Deposit) async deposit(c: Deposit) {
      const r = domain.repositoryFor(Account);
      const a = await r.get(c.id);
      a.raise(new Deposited({ accountId: c.id, reference: c.reference, cents: c.cents }));
      await r.add(a);
    }
  }
  const log: string[] = [];
  @domain.processManager({})
  class Transfer extends ProcessManager({
    transferId: identifier(),
    from: z.string().default(""),
    to: z.string().default(""),
    cents: z.number().default(0),
    step: z.enum(["asked", "taken"]).default("asked"),
  }) {
    @handle(Asked, { start: true }) asked(e: Asked) {
      this.from = e.from;
      this.to = e.to;
      this.cents = e.cents;
      this.issue(new Withdraw({ id: e.from, reference: this.transferId, cents: e.cents }));
      this.setTimer("expiry", { after: "10m" });
    }
    @handle(Withdrawn, { correlate: { transferId: "reference" } }) taken(_: Withdrawn) {
      this.step = "taken";
      this.issue(new Deposit({ id: this.to, reference: this.transferId, cents: this.cents }));
    }
    @rejected(Withdraw) refused(_: Withdraw, reason: DomainError) {
      log.push(`${reason.name} ${reason.code} ${reason.message}`);
      this.complete();
    }
    @rejected(Deposit) refused2(c: Deposit, reason: DomainError) {
      log.push(`${reason.name} ${reason.code}`);
      this.issue(new Deposit({ id: this.from, reference: this.transferId, cents: c.cents }));
    }
    @handle(Deposited, { correlate: { transferId: "reference" }, end: true }) done(_: Deposited) {
      log.push("done " + this.transferId);
    }
    @timer("expiry") expired() {
      log.push("expired");
    }
  }
  void Handlers;
  await domain.init();
  await domain.process(new Open({ id: "a", cents: 100 }));
  await domain.process(new Open({ id: "b", cents: 0 }));
  await domain.process(new Ask({ id: "a", to: "b", transferId: "t1", cents: 60 }));
  await domain.process(new Ask({ id: "a", to: "b", transferId: "t2", cents: 60 }));
  await domain.process(new Ask({ id: "a", to: "nobody", transferId: "t3", cents: 10 }));
  console.log(await domain.catchUp());
  const r = domain.repositoryFor(Account);
  console.log(log, (await r.get("a")).cents, (await r.get("b")).cents);
  console.log(await domain.processes());
  const handle1 = await domain.process(new Open({ id: "c", cents: 5 }), { asynchronous: true });
  console.log(await handle1.status());
  const h2 = await domain.schedule(new Open({ id: "d", cents: 5 }), { after: "30d", key: "d" });
  console.log(await h2.status(), await domain.unschedule("d"), await domain.unschedule("d"));
  await domain.catchUp();
  console.log(await handle1.status(), await handle1.result(), await domain.subscriptions());
  void Transfer;
  await domain.close();
});
