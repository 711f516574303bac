import type { Diagnosis } from "@tidemark/core/adapter";

import { fine, warning } from "./verdicts";

/** One reading of the server's clock. */
export interface ClockReading {
  readonly serverMs: number;
  /** This process's clock before the question was sent, and after the answer came. */
  readonly sentMs: number;
  readonly receivedMs: number;
}

const NAME = "clock";
const MOST_MS = 1_000;

/** Compares the clocks of the server and of this process. The server has answered at some time of the round trip. */
export function clock({ serverMs, sentMs, receivedMs }: ClockReading): Diagnosis {
  const halfTripMs = (receivedMs - sentMs) / 2;
  const differenceMs = serverMs - (sentMs + halfTripMs);
  if (Math.abs(differenceMs) - halfTripMs <= MOST_MS)
    return fine(NAME, "The clocks of the server and of this process agree to within a second.");
  const seconds = Math.round(Math.abs(differenceMs) / 1_000).toLocaleString("en-US");
  const side = differenceMs < 0 ? "behind" : "ahead of";
  return warning(
    NAME,
    `The server's clock is ${seconds} s ${side} this process's: events have times of this process, timers and commands that run later go by the server's.`,
    "Let NTP (chrony, systemd-timesyncd) set the clocks of both.",
  );
}
