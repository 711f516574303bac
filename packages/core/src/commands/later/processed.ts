import type { CommandProcessing, DefaultProcessing } from "../../elements/processing-defaults";
import type { CommandHandle } from "./command-handle";

/** What `process` gives for a command where its caller does not say when it is carried out: the result `R`, or a handle. */
export type Processed<R, P extends CommandProcessing> = [P] extends ["async"]
  ? CommandHandle<R>
  : [P] extends ["default"]
    ? ["async"] extends [DefaultProcessing]
      ? CommandHandle<R>
      : R
    : R;
