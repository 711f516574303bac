import { unitCrashConformance } from "@tidemark/testing/conformance";

import { storeToKill } from "./store-to-kill";

unitCrashConformance({
  name: "the PostgreSQL event store",
  kills: process.env.TIDEMARK_TEST === "full" ? 100 : 10,
  open: storeToKill("purchase-until-killed"),
});
