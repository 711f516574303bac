import { setTimeout as pause } from "node:timers/promises";

import type { SubscriptionStatus } from "@tidemark/core";
import type { SingleBar } from "cli-progress";

import type { Io } from "../io/io";

interface CatchUpProgress {
  /** Removes the bars from the screen. */
  end(): Promise<void>;
}

/** How long to wait before the next look at how far subscriptions are. */
const LOOK_MS = 250;

/**
 * Shows a bar for each subscription, with the events that are done and left. Shows nothing but on a terminal.
 *
 * @param statuses tells how far subscriptions are; called only when bars are shown.
 */
export async function startCatchUpProgress(
  stream: Io["stderr"],
  {
    isWanted,
    statuses,
  }: { readonly isWanted: boolean; readonly statuses: () => Promise<readonly SubscriptionStatus[]> },
): Promise<CatchUpProgress> {
  if (!isWanted || !stream.isTTY) return { end: async () => {} };
  const { MultiBar } = require("cli-progress") as typeof import("cli-progress");
  const first = await statuses();
  const width = Math.max(...first.map(({ name }) => name.length));
  // The cursor stays visible, because a second Ctrl-C ends the process without a chance to show it again.
  const bars = new MultiBar({
    stream,
    format: "{name} [{bar}] {value} done, {left} left",
    clearOnComplete: true,
    hideCursor: false,
    gracefulExit: false,
  });
  const shown = new Map<string, ShownLag>();
  const show = (all: readonly SubscriptionStatus[]) => {
    for (const { name, state, lag } of all) {
      if (state === "paused") continue;
      const one = shown.get(name) ?? new ShownLag(bars.create(lag, 0, { name: name.padEnd(width), left: lag }), lag);
      shown.set(name, one);
      one.update(lag);
    }
  };
  show(first);
  bars.update();
  const end = new AbortController();
  const looking = look(statuses, show, end.signal);
  return {
    end: async () => {
      end.abort();
      await looking;
      bars.stop();
    },
  };
}

/** What a bar shows of a subscription: the events that it had to do at first, and those that came meanwhile. */
class ShownLag {
  private total: number;

  constructor(
    private readonly bar: SingleBar,
    private lag: number,
  ) {
    this.total = lag;
  }

  update(lag: number): void {
    this.total += Math.max(0, lag - this.lag);
    this.lag = lag;
    this.bar.setTotal(this.total);
    this.bar.update(this.total - lag, { left: lag });
  }
}

async function look(
  statuses: () => Promise<readonly SubscriptionStatus[]>,
  show: (all: readonly SubscriptionStatus[]) => void,
  end: AbortSignal,
): Promise<void> {
  while (!end.aborted) {
    await pause(LOOK_MS, undefined, { signal: end }).catch(() => undefined);
    // The bars are not worth an error: the work itself meets the same store.
    const all = end.aborted ? [] : await statuses().catch(() => []);
    show(all);
  }
}
