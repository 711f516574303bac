import { anyEvent, type ConfigInput, type Domain, type DomainEventRoot, handle } from "@tidemark/core";

import { bank } from "../bank";
import { TidemarkTeller } from "../tellers/tidemark-teller";
import type { Listeners, ListenersOptions } from "./listeners";

/** Event handlers of an application on Tidemark. */
export class TidemarkListeners implements Listeners {
  readonly teller: TidemarkTeller;

  private constructor(
    private readonly domain: Domain,
    private readonly counter: Counter,
  ) {
    this.teller = new TidemarkTeller(domain);
  }

  static async open(
    eventStore: NonNullable<ConfigInput["event_store"]>,
    { count, prefix }: ListenersOptions,
  ): Promise<TidemarkListeners> {
    const server = { embedded: false };
    const domain = bank({ event_store: eventStore, snapshots: { mode: "manual" }, server });
    const counter = { heard: 0 };
    for (let number = 0; number < count; number++) declareListener(domain, `${prefix}-${number}`, counter);
    await domain.init();
    return new TidemarkListeners(domain, counter);
  }

  get heard(): number {
    return this.counter.heard;
  }

  async catchUp(): Promise<void> {
    await this.domain.catchUp();
  }

  async close(): Promise<void> {
    await this.domain.close();
  }
}

interface Counter {
  heard: number;
}

function declareListener(domain: Domain, name: string, counter: Counter): void {
  @domain.eventHandler({ name, startFrom: "beginning" })
  class Listener {
    @handle(anyEvent)
    async hear(_event: DomainEventRoot): Promise<void> {
      counter.heard++;
    }
  }
  domain.register(Listener);
}
