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

import { sqliteFile } from "./sqlite-file";

snapshotConformance(sqliteFile);
factConformance(sqliteFile);
followConformance(sqliteFile);
aggregateUpkeepConformance(sqliteFile);
commandConformance(sqliteFile);
projectionConformance(sqliteFile);
selectionConformance(sqliteFile);
laterConformance(sqliteFile);
processConformance(sqliteFile);
subscriptionConformance(sqliteFile);
stateConformance(sqliteFile);
uniqueConformance(sqliteFile);
migrationConformance(sqliteFile);
