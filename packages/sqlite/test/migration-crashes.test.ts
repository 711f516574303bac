import { migrationCrashConformance } from "@tidemark/testing/conformance";

import { storeToKill } from "./store-to-kill";

migrationCrashConformance({
  name: "the SQLite event store",
  open: storeToKill("migrate-until-killed"),
});
