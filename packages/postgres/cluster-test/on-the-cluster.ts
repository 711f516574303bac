import type { EventStoreConformance } from "@tidemark/testing/conformance";

import { postgresSchema } from "../test/postgres-schema";

/** What the suites are given here. The largest cases are left out: they try the server, not the way to it. */
export function onTheCluster(): EventStoreConformance {
  return {
    ...postgresSchema(),
    name: "the PostgreSQL event store on a cluster, through HAProxy",
    sizes: "small",
    histories: { runs: 20 },
  };
}
