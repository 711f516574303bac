import { commandConformance, factConformance, snapshotConformance } from "@tidemark/testing";

import { sqliteFile } from "./sqlite-file";

snapshotConformance(sqliteFile);
factConformance(sqliteFile);
commandConformance(sqliteFile);
