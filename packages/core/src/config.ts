/**
 * What tools such as the command line need of domain.toml, and what they tell others with: `@tidemark/core/config`.
 *
 * @module @tidemark/core/config
 */

export { configuredModule } from "./config/configured-module";
export type { DomainConfig } from "./config/domain-config";
export { findConfigFile } from "./config/find-config-file";
export { type ListenAddress, listenAddressOf, NO_ADDRESS } from "./config/listen-address";
export { type LoadConfigOptions, loadConfig } from "./config/load-config";
export { type HealthAnswers, HealthServer, type Reasons } from "./health/health-server";
export { didYouMean, nearest } from "./wording/did-you-mean";
