import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { answeringQueries } from "./answering-queries";
import { equalRows } from "./equal-rows";
import { exactRows } from "./exact-rows";
import { inlineRows } from "./inline-rows";
import { movingModes } from "./moving-modes";
import { rebuilding } from "./rebuilding";
import { rebuildingFromFacts } from "./rebuilding-from-facts";
import { sqlProjectors } from "./sql-projectors";
import { verifying } from "./verifying";
import { versionsOfProjections } from "./versions";

const behaviours: Behaviours = {
  "the rows of projections": exactRows,
  "inline projections": inlineRows,
  "projections in both modes": equalRows,
  "projections that move from one mode to the other": movingModes,
  queries: answeringQueries,
  "SQL projectors": sqlProjectors,
  "verifying projections": verifying,
  "versions of projections": versionsOfProjections,
  "a rebuild of a projection": rebuilding,
  "a rebuild from facts": rebuildingFromFacts,
};

/** Declares the tests that projections, views and queries have to pass on every event store with operations. */
export function projectionConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
