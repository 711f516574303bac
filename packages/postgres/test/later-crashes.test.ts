import { laterCrashConformance } from "@tidemark/testing/conformance";

import { storeToKill } from "./store-to-kill";

laterCrashConformance({
  name: "the PostgreSQL event store",
  kills: process.env.TIDEMARK_TEST === "full" ? 100 : 10,
  open: storeToKill("run-jobs-until-killed"),
});
