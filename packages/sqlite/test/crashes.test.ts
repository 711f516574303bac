import { crashConformance } from "@tidemark/testing/conformance";

import { storeToKill } from "./store-to-kill";

crashConformance({
  name: "the SQLite event store",
  kills: process.env.TIDEMARK_TEST === "full" ? 100 : 20,
  open: storeToKill("write-until-killed"),
});
