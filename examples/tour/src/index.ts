/** How the examples show what they do: an application of yours needs none of it. */
export type { Printer } from "./printer";
export { show } from "./show";
export { table } from "./table";
