import { createHash } from "node:crypto";

import type { ProjectionModel } from "../../model/projection-model";

/**
 * Returns a hash of the code that folds the events of a projection: the texts of its classes. What they call elsewhere is not seen.
 * A rebuild that was cut off goes on only with the code that began it.
 */
export function foldingCode({ type, projector, aggregate }: ProjectionModel): string {
  const classes = [type, projector, aggregate?.model.type].filter((each) => each !== undefined);
  return createHash("sha256")
    .update(JSON.stringify(classes.map(String)))
    .digest("hex");
}
