import type { Answer } from "@tidemark/core/adapter";

import type { Teller } from "../tellers/teller";
import type { Listeners, ListenersOptions } from "./listeners";

/** The events of a hand-written bank in their order, and the checkpoints of those who read them. */
export interface HandWrittenLog {
  readonly teller: Teller;
  /** Events behind a place. */
  page(after: number, limit: number): Answer<readonly LoggedEvent[]>;
  /** Lays the checkpoints that are not there yet at the start. */
  lay(names: readonly string[]): Answer<void>;
  /** Moves all these checkpoints in one transaction. */
  move(names: readonly string[], from: number, to: number): Answer<void>;
  close(): Answer<void>;
}

export type LoggedEvent = readonly [place: number, type: string, data: string];

const BATCH = 500;

/** Hand-written: each page is read and parsed once, and all listeners have one checkpoint after the other moved by one statement. */
export class HandWrittenListeners implements Listeners {
  heard = 0;
  private readonly names: readonly string[];
  private readonly listeners: readonly ((event: object) => Promise<void>)[];

  constructor(
    private readonly log: HandWrittenLog,
    { count, prefix }: ListenersOptions,
  ) {
    this.names = Array.from({ length: count }, (_, number) => `${prefix}-${number}`);
    this.listeners = this.names.map(() => async () => {
      this.heard++;
    });
  }

  get teller(): Teller {
    return this.log.teller;
  }

  async catchUp(): Promise<void> {
    await this.log.lay(this.names);
    for (let place = 0; ; ) {
      const events = await this.log.page(place, BATCH);
      const last = events.at(-1);
      if (last === undefined) return;
      for (const [, , data] of events) {
        const event = JSON.parse(data);
        for (const hear of this.listeners) await hear(event);
      }
      await this.log.move(this.names, place, last[0]);
      place = last[0];
    }
  }

  async close(): Promise<void> {
    await this.log.close();
  }
}
