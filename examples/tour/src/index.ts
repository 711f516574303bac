/** What the examples use to print their tours. An application of your own needs nothing of this. */
export type { Printer } from "./printer";
export { show } from "./show";
export { table } from "./table";
