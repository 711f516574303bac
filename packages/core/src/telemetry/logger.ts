/** Takes warnings of problems that Tidemark survived. `console` is a logger; pino's and winston's fit with a thin wrapper. */
export interface Logger {
  /** Takes one sentence, and the values in it by name. */
  warn(message: string, details?: object): void;
  /** Takes what Tidemark could not survive: a subscription that has stopped. `warn` takes it where absent. */
  error?(message: string, details?: object): void;
}

/** Gives a logger an error, or a warning where it takes no errors. */
export function logError(logger: Logger, message: string, details: object): void {
  if (logger.error === undefined) logger.warn(message, details);
  else logger.error(message, details);
}
