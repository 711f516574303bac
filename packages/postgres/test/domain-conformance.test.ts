import {
  commandConformance,
  factConformance,
  followConformance,
  processConformance,
  projectionConformance,
  snapshotConformance,
  subscriptionConformance,
} from "@tidemark/testing/conformance";

import { postgresSchema } from "./postgres-schema";

const postgres = postgresSchema();

snapshotConformance(postgres);
factConformance(postgres);
followConformance(postgres);
commandConformance(postgres);
projectionConformance(postgres);
processConformance(postgres);
subscriptionConformance(postgres);
