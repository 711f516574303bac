import {
  commandConformance,
  factConformance,
  followConformance,
  snapshotConformance,
} from "@tidemark/testing/conformance";

import { sqliteFile } from "./sqlite-file";

snapshotConformance(sqliteFile);
factConformance(sqliteFile);
followConformance(sqliteFile);
commandConformance(sqliteFile);
