import { randomBytes } from "node:crypto";

// By its path: jest loads this file outside of the tests, where packages resolve to what was last built.
import { PrivateServer } from "../../../testing/src/postgres-server/private-server";

declare global {
  var tidemarkPostgresServer: PrivateServer | undefined;
}

/** What would cost time and is of no use to a server that lives as long as the tests. */
const FOR_TESTS = { autovacuum: "off", full_page_writes: "off", max_wal_size: "4GB", checkpoint_timeout: "1h" };

/** One server for all test files: that of `TIDEMARK_POSTGRES_URL`, or one that is started here and stopped after them. */
export default async function startServer(): Promise<void> {
  process.env.TIDEMARK_POSTGRES_TEMPLATE = `tidemark_template_${randomBytes(6).toString("hex")}`;
  if (process.env.TIDEMARK_POSTGRES_URL) return;
  globalThis.tidemarkPostgresServer = await PrivateServer.start(FOR_TESTS);
  process.env.TIDEMARK_POSTGRES_URL = globalThis.tidemarkPostgresServer.url;
}
