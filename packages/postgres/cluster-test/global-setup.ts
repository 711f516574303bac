import { randomBytes } from "node:crypto";

// By its path: jest loads this file outside of the tests, where packages resolve to what was last built.
import { PostgresCluster } from "../../testing/src/postgres-cluster";

declare global {
  var tidemarkCluster: PostgresCluster | undefined;
}

/** One cluster for all suites. What `test/` has for a single server finds it, through HAProxy, where it finds that. */
export default async function startCluster(): Promise<void> {
  // Processes are killed, never the computer below them.
  globalThis.tidemarkCluster = await PostgresCluster.start({ parameters: { fsync: "off" } });
  process.env.TIDEMARK_POSTGRES_URL = globalThis.tidemarkCluster.url;
  process.env.TIDEMARK_POSTGRES_TEMPLATE = `tidemark_template_${randomBytes(6).toString("hex")}`;
}
