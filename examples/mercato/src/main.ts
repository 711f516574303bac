import { show } from "@tidemark/example-tour";

import { tour } from "./tour/tour";

/** `npm run example:mercato` */
show({
  title: "Mercato, a shop on Tidemark",
  run: tour,
  commands: [
    "npx domain events read mercato::order-order-101",
    "npx domain events read mercato::order:fact-order-101",
    "npx domain snapshot list --aggregate=Order",
  ],
});
