import {
  aggregateUpkeepConformance,
  commandConformance,
  factConformance,
  followConformance,
  laterConformance,
  migrationConformance,
  processConformance,
  projectionConformance,
  selectionConformance,
  snapshotConformance,
  stateConformance,
  subscriptionConformance,
  uniqueConformance,
} from "@tidemark/testing/conformance";

import { postgresSchema } from "../test/postgres-schema";

const postgres = postgresSchema();

snapshotConformance(postgres);
factConformance(postgres);
followConformance(postgres);
aggregateUpkeepConformance(postgres);
commandConformance(postgres);
projectionConformance(postgres);
selectionConformance(postgres);
laterConformance(postgres);
processConformance(postgres);
subscriptionConformance(postgres);
stateConformance(postgres);
uniqueConformance(postgres);
migrationConformance(postgres);
