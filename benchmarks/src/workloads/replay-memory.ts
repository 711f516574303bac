import type { Workload } from "../program/workload";
import { PLAIN } from "../tellers/teller";
import { withTeller } from "./with-teller";

const ACCOUNT = "replayed";

/** The most memory that a process held that replayed one account: its own runtime is about 40 MB of it. */
export const replayMemory: Workload = {
  name: "replay-memory",
  title: "peak memory of a replay",
  unit: "MB",
  better: "less",
  stores: ["sqlite-normal", "postgres"],
  variants: [1_000, 1_000_000].map((size) => ({ title: `${size.toLocaleString("en")} events`, size })),
  fill: (place, { size }) =>
    withTeller(place, PLAIN, async (teller) => {
      await teller.open([`${ACCOUNT}-${size}`], size);
    }),
  measure: (place, { size }) =>
    withTeller(place, PLAIN, async (teller) => {
      await teller.balance(`${ACCOUNT}-${size}`);
      return process.resourceUsage().maxRSS / 1_024;
    }),
};
