/** The domain as a whole. Loading this module registers every element on `domain`. */
export { domain } from "./domain";
export { Sample } from "./sample-file/sample-file";
export { SampleCommandHandler } from "./sample-file/sample-file-command-handler";
export { RegisterSample, RenameSample } from "./sample-file/sample-file-commands";
export { SampleRegistered, SampleRenamed } from "./sample-file/sample-file-events";
