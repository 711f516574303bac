import {
  commandConformance,
  factConformance,
  followConformance,
  snapshotConformance,
} from "@tidemark/testing/conformance";

import { postgresSchema } from "./postgres-schema";

const postgres = postgresSchema();

snapshotConformance(postgres);
factConformance(postgres);
followConformance(postgres);
commandConformance(postgres);
