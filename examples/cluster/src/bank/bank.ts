import { join } from "node:path";

import { Domain } from "@tidemark/core";

import { reportingLogger } from "../processes/reporting-logger";

/** The servers of the cluster, where the bank finds the one that takes writes without HAProxy. */
const hosts = process.env.DATABASE_HOSTS?.split(",");

/** Has its own file, so that every element can import it without a circle. */
export const domain = new Domain("bank", {
  root: join(__dirname, "../.."),
  ...(hosts && { config: { event_store: { hosts } } }),
  logger: reportingLogger(),
});
