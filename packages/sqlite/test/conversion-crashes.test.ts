import { conversionCrashConformance } from "@tidemark/testing/conformance";

import { storeToKill } from "./store-to-kill";

conversionCrashConformance({
  name: "the SQLite event store",
  open: storeToKill("convert-until-killed"),
});
