import { bank } from "../bank";

/** What `domain snapshot create` loads, compiled or as TypeScript. */
export const domain = bank({
  event_store: { provider: "sqlite", path: process.env.BANK_PATH, synchronous: "normal" },
  snapshots: { mode: "manual" },
});
