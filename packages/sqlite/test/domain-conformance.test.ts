import { commandConformance, factConformance, snapshotConformance } from "@tidemark/testing/conformance";

import { sqliteFile } from "./sqlite-file";

snapshotConformance(sqliteFile);
factConformance(sqliteFile);
commandConformance(sqliteFile);
