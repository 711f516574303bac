import { rebuildCrashConformance } from "@tidemark/testing/conformance";

import { storeToKill } from "./store-to-kill";

rebuildCrashConformance({
  name: "the SQLite event store",
  open: storeToKill("rebuild-until-killed"),
});
