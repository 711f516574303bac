import { randomBytes } from "node:crypto";

// By its path: jest loads this file outside of the tests, where packages resolve to what was last built.
import { PrivateServer } from "../../../testing/src/postgres-server/private-server";

declare global {
  var tidemarkPostgresServer: PrivateServer | undefined;
}

/** One server for all test files: that of `TIDEMARK_POSTGRES_URL`, or one that is started here and stopped after them. */
export default async function startServer(): Promise<void> {
  process.env.TIDEMARK_POSTGRES_TEMPLATE = `tidemark_template_${randomBytes(6).toString("hex")}`;
  if (process.env.TIDEMARK_POSTGRES_URL) return;
  globalThis.tidemarkPostgresServer = await PrivateServer.start();
  process.env.TIDEMARK_POSTGRES_URL = globalThis.tidemarkPostgresServer.url;
}
