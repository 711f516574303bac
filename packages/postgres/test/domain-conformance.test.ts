import {
  commandConformance,
  factConformance,
  followConformance,
  laterConformance,
  migrationConformance,
  processConformance,
  projectionConformance,
  snapshotConformance,
  subscriptionConformance,
  uniqueConformance,
} from "@tidemark/testing/conformance";

import { postgresSchema } from "./postgres-schema";

const postgres = postgresSchema();

snapshotConformance(postgres);
factConformance(postgres);
followConformance(postgres);
commandConformance(postgres);
projectionConformance(postgres);
laterConformance(postgres);
processConformance(postgres);
subscriptionConformance(postgres);
uniqueConformance(postgres);
migrationConformance(postgres);
