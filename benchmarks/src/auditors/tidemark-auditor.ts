import { Command, type ConfigInput, type Domain, handle, identifier, ProcessManager, timer } from "@tidemark/core";
import { z } from "zod";

import { AccountOpened, bank, DepositMade, WithdrawalMade } from "../bank";
import { TidemarkTeller } from "../tellers/tidemark-teller";
import { type Audited, type Auditor, BATCH, LANE, REMIND_AFTER_MS } from "./auditor";

/** An application on Tidemark that has a process manager. */
export class TidemarkAuditor implements Auditor {
  readonly teller: TidemarkTeller;

  private constructor(
    private readonly domain: Domain,
    private readonly process: string,
  ) {
    this.teller = new TidemarkTeller(domain);
  }

  static async open(eventStore: NonNullable<ConfigInput["event_store"]>, process: string): Promise<TidemarkAuditor> {
    const domain = bank({
      event_store: eventStore,
      snapshots: { mode: "manual" },
      subscriptions: { batch: BATCH },
      server: { embedded: false, lanes: { [LANE]: {} } },
    });
    declareAudit(domain, process);
    await domain.init();
    return new TidemarkAuditor(domain, process);
  }

  async catchUp(): Promise<void> {
    await this.domain.catchUp({ lanes: ["default"] });
  }

  async audited(id: string): Promise<Audited> {
    const [status] = await this.domain.processes({ name: this.process, id });
    const { steps = 0, commands = 0 } = status ?? {};
    return { steps, commands };
  }

  async close(): Promise<void> {
    await this.domain.close();
  }
}

function declareAudit(domain: Domain, name: string): void {
  @domain.command({ partOf: "Account" })
  class SendStatement extends Command({ accountId: identifier(), balance: z.number() }) {}

  @domain.commandHandler({ partOf: "Account" })
  class Statements {
    @handle(SendStatement)
    async send(_: SendStatement): Promise<void> {}
  }

  @domain.processManager({ name, startFrom: "beginning" })
  class Audit extends ProcessManager({ accountId: identifier(), balance: z.number().default(0) }) {
    @handle(AccountOpened, { start: true })
    opened({ openingDeposit }: AccountOpened): void {
      this.#grow(openingDeposit);
    }

    @handle(DepositMade)
    deposited({ amount }: DepositMade): void {
      this.#grow(amount);
    }

    @handle(WithdrawalMade)
    withdrawn({ amount }: WithdrawalMade): void {
      this.balance -= amount;
      this.cancelTimer("reminder");
      this.#ask();
    }

    @timer("reminder")
    remind(): void {}

    #grow(amount: number): void {
      this.balance += amount;
      this.setTimer("reminder", { after: `${REMIND_AFTER_MS / 1_000}s` });
      this.#ask();
    }

    #ask(): void {
      this.issue(new SendStatement({ accountId: this.accountId, balance: this.balance }), { lane: LANE });
    }
  }
  void [Statements, Audit];
}
