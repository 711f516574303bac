import {
  commandConformance,
  eventStoreConformance,
  followConformance,
  laterConformance,
  processConformance,
  projectionConformance,
  stateConformance,
  subscriptionConformance,
} from "@tidemark/testing/conformance";

import { postgresSchema } from "../test/postgres-schema";

/** With the largest cases left out: they try the server, not the way to it. */
const cluster = {
  ...postgresSchema(),
  name: "the PostgreSQL event store on a cluster, through HAProxy",
  sizes: "small",
  histories: { runs: 20 },
} as const;

eventStoreConformance(cluster);
commandConformance(cluster);
stateConformance(cluster);
followConformance(cluster);
subscriptionConformance(cluster);
projectionConformance(cluster);
processConformance(cluster);
laterConformance(cluster);
