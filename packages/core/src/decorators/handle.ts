import { messageMethodDecorator } from "./message-method";

/**
 * Marks the method of a command handler that carries out one command. What it returns, or resolves to, is what
 * `domain.process` resolves to; what it throws rejects there, and nothing it added is stored.
 *
 * @throws ConfigurationError at `domain.init()` when another method handles the command already.
 */
export const handle = messageMethodDecorator("handle");
