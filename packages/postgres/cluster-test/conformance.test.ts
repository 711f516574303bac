import { eventStoreConformance } from "@tidemark/testing/conformance";

import { onTheCluster } from "./on-the-cluster";

eventStoreConformance(onTheCluster());
