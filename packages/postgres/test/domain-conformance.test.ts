import {
  commandConformance,
  factConformance,
  followConformance,
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
subscriptionConformance(postgres);
