import { projectionCrashConformance } from "@tidemark/testing/conformance";

import { storeToKill } from "./store-to-kill";

projectionCrashConformance({
  name: "the SQLite event store",
  kills: process.env.TIDEMARK_TEST === "full" ? 100 : 10,
  open: storeToKill("project-until-killed"),
});
