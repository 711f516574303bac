import { show } from "@tidemark/example-tour";

import { tour } from "./tour/tour";

/** `npm run example` */
show({
  title: "Fidelis, a bank on Tidemark",
  run: (printer) => tour(printer, { corporateEvents: 50_000 }),
  commands: [
    "npx domain snapshot create --aggregate=Account",
    "npx domain events read fidelis::account-acc-corporate-001 --from=50000",
    "npx domain eventstore verify",
  ],
});
