import type { Clock } from "@tidemark/core";

/**
 * The time of the shop, which tests and the tour move on: nobody waits two days for an order to expire.
 *
 * A shop of your own does without: timers then go by the clock of the database, which is the same for all servers.
 */
class ShopClock implements Clock {
  #aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  advance({ days }: { readonly days: number }): void {
    this.#aheadMs += days * 24 * 60 * 60 * 1000;
  }
}

export const shopClock = new ShopClock();
