/**
 * Tells the compiler what `[processing] commands` of domain.toml says, so that `process` has the right type:
 *
 * ```ts
 * declare module "@tidemark/core" {
 *   interface ProcessingDefaults { commands: "async" }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications add to it.
export interface ProcessingDefaults {}

/** What `[processing] commands` says, as far as the compiler was told. */
export type DefaultProcessing = ProcessingDefaults extends { readonly commands: infer C } ? C : "sync";

/** When `process` carries out the commands of a class: at once, later, or as `[processing] commands` says. */
export type CommandProcessing = "sync" | "async" | "default";
