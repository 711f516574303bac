import { bank } from "../bank";

/** What `domain snapshot create` loads in the benchmark of that command. */
export const domain = bank({
  event_store: { provider: "postgres", url: process.env.BANK_URL },
  snapshots: { mode: "manual" },
});
