/** Where Tidemark tells of what it survived. `console` is one, and so are pino's and winston's loggers in a thin wrapper. */
export interface Logger {
  /** Takes one sentence, and the values in it by name. */
  warn(message: string, details?: object): void;
}
