import { z } from "zod";

import { Aggregate, apply, Command, Domain, DomainEvent, handle, identifier, ProcessManager } from "../../src/index";

function transfers() {
  const logger = { warn: () => undefined, error: () => undefined };
  const domain = new Domain("waiting", { config: { event_store: { provider: "memory" } }, logger });
  const told: string[] = [];

  @domain.event({ partOf: "Transfer" })
  class Asked extends DomainEvent({ transferId: identifier(), amount: z.number() }) {}
  @domain.aggregate({ eventSourced: true })
  class Transfer extends Aggregate({}) {
    @apply(Asked)
    asked(): void {}
  }
  @domain.command({ partOf: Transfer })
  class Ask extends Command({ transferId: identifier(), amount: z.number() }) {}
  @domain.commandHandler({ partOf: Transfer })
  class Handler {
    @handle(Ask)
    async ask({ transferId, amount }: Ask): Promise<void> {
      const transfer = Transfer.createNew({ id: transferId });
      transfer.raise(new Asked({ transferId, amount }));
      await domain.repositoryFor(Transfer).add(transfer);
    }
  }
  @domain.processManager({})
  class FundsTransfer extends ProcessManager({ transferId: identifier() }) {
    @handle(Asked, { start: true })
    asked({ amount }: Asked): void {
      if (amount < 0) throw new RangeError("nothing to transfer");
      told.push(this.transferId);
    }
  }
  class Unregistered extends ProcessManager({ id: identifier() }) {}
  return { domain, told, Ask, FundsTransfer, Handler, Unregistered };
}

describe("waitFor a process manager", () => {
  it("returns once it has taken the events of the command", async () => {
    const { domain, told, Ask, FundsTransfer } = transfers();
    await domain.init();
    await domain.process(new Ask({ transferId: "t-1", amount: 5 }), { waitFor: [FundsTransfer] });
    expect(told).toEqual(["t-1"]);
    await domain.close();
  });

  it("says that the instance is parked, and that the command was committed", async () => {
    const { domain, Ask, FundsTransfer } = transfers();
    await domain.init();
    const waiting = domain.process(new Ask({ transferId: "t-1", amount: -5 }), { waitFor: [FundsTransfer] });
    await expect(waiting).rejects.toMatchObject({
      code: "WAIT_FAILED",
      message: expect.stringContaining("FundsTransfer"),
    });
    expect((await domain.parked()).map(({ subscription, key }) => [subscription, key])).toEqual([
      ["FundsTransfer", "t-1"],
    ]);
    await domain.close();
  });

  it("is refused for a class that is not registered, before the command is carried out", async () => {
    const { domain, told, Ask, Unregistered } = transfers();
    await domain.init();
    await expect(
      domain.process(new Ask({ transferId: "t-1", amount: 5 }), { waitFor: [Unregistered] }),
    ).rejects.toThrow(
      'Cannot wait for Unregistered: it is not a registered projection, event handler or process manager of domain "waiting"',
    );
    expect(told).toEqual([]);
    await domain.close();
  });
});
