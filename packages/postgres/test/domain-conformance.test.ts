import { commandConformance, factConformance, snapshotConformance } from "@tidemark/testing/conformance";

import { postgresSchema } from "./postgres-schema";

const postgres = postgresSchema();

snapshotConformance(postgres);
factConformance(postgres);
commandConformance(postgres);
