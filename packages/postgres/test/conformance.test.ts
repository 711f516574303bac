import { eventStoreConformance } from "@tidemark/testing";

import { postgresSchema } from "./postgres-schema";

eventStoreConformance(postgresSchema());
