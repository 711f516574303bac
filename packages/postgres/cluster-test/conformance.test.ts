import { eventStoreConformance } from "@tidemark/testing/conformance";

import { postgresSchema } from "../test/postgres-schema";

eventStoreConformance(postgresSchema());
