/** Takes warnings of problems that Tidemark survived. `console` is a logger; pino's and winston's fit with a thin wrapper. */
export interface Logger {
  /** Takes one sentence, and the values in it by name. */
  warn(message: string, details?: object): void;
}
