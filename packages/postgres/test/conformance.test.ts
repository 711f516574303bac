import { eventStoreConformance } from "@tidemark/testing/conformance";

import { postgresSchema } from "./postgres-schema";

eventStoreConformance(postgresSchema());
