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

import { sqliteFile } from "./sqlite-file";

snapshotConformance(sqliteFile);
factConformance(sqliteFile);
followConformance(sqliteFile);
commandConformance(sqliteFile);
projectionConformance(sqliteFile);
laterConformance(sqliteFile);
processConformance(sqliteFile);
subscriptionConformance(sqliteFile);
uniqueConformance(sqliteFile);
migrationConformance(sqliteFile);
