import { type Io } from "../io/io";
import { duration, grouped } from "../printing/quantities";

/** How far a rebuild or a verification is. */
export interface RebuildState {
  /** What is being done: `folding`, `switching`. */
  readonly phase: string;
  readonly events: number;
  readonly rows: number;
  /** How many events there are to fold; undefined as long as nobody knows. */
  readonly totalEvents?: number | undefined;
}

interface RebuildProgress {
  update(state: RebuildState): void;
  /** Removes the bar from the screen. */
  end(): void;
}

/** Shows a bar with events, rows and the time that is left, on a terminal only. */
export function startRebuildProgress(
  stream: Io["stderr"],
  { isWanted }: { readonly isWanted: boolean },
): RebuildProgress {
  if (!isWanted || !stream.isTTY) return { update: () => {}, end: () => {} };
  const { SingleBar } = require("cli-progress") as typeof import("cli-progress");
  // The cursor stays visible, because a second Ctrl-C ends the process without a chance to show it again.
  const bar = new SingleBar({
    stream,
    format: "{phase} [{bar}] {value}/{total} events, {rows} rows{rest}",
    clearOnComplete: true,
    hideCursor: false,
    gracefulExit: false,
    formatValue: (value, _, kind) => (kind === "value" || kind === "total" ? grouped(value) : String(value)),
  });
  const begun = process.hrtime.bigint();
  let isStarted = false;
  return {
    update: ({ phase, events, rows, totalEvents }) => {
      const total = Math.max(totalEvents ?? events, events);
      const elapsedMs = Number(process.hrtime.bigint() - begun) / 1e6;
      const shown = { phase, rows: grouped(rows), rest: restInWords(events, total, elapsedMs) };
      if (!isStarted) bar.start(total, events, shown);
      isStarted = true;
      bar.setTotal(total);
      bar.update(events, shown);
    },
    end: () => bar.stop(),
  };
}

/** `, about 3 min left`; nothing before there is anything to estimate from, and at the end. */
function restInWords(events: number, total: number, elapsedMs: number): string {
  if (events === 0 || events >= total) return "";
  return `, about ${duration((elapsedMs / events) * (total - events))} left`;
}
