import type { Io } from "./io";

/** The name under which the user is logged in, as far as the environment tells it. */
export function userName({ env }: Pick<Io, "env">): string | undefined {
  return env.USER || env.LOGNAME || env.USERNAME || undefined;
}
