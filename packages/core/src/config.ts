/**
 * What tools need of domain.toml, such as the command line: `@tidemark/core/config`.
 *
 * @module @tidemark/core/config
 */

export { configuredModule } from "./config/configured-module";
export type { DomainConfig } from "./config/domain-config";
export { findConfigFile } from "./config/find-config-file";
export { type LoadConfigOptions, loadConfig } from "./config/load-config";
export { didYouMean, nearest } from "./wording/did-you-mean";
