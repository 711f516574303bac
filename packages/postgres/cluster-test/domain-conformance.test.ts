import {
  commandConformance,
  followConformance,
  laterConformance,
  processConformance,
  projectionConformance,
  stateConformance,
  subscriptionConformance,
} from "@tidemark/testing/conformance";

import { onTheCluster } from "./on-the-cluster";

const cluster = onTheCluster();

commandConformance(cluster);
stateConformance(cluster);
followConformance(cluster);
subscriptionConformance(cluster);
projectionConformance(cluster);
processConformance(cluster);
laterConformance(cluster);
