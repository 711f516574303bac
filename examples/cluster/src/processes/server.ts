import type { Server } from "@tidemark/core";

import { domain } from "../domain";
import { child, ready } from "./child";

/** The process that serves: it keeps the projection up to date, and leads transfers through their steps. */
let server: Server | undefined;

child(async (order) => {
  if (order.kind !== "end") return;
  await server?.close();
  await domain.close();
  process.disconnect();
});
void ready(async () => {
  server = await domain.serve();
});
