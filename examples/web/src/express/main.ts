import { start } from "./server";

start(Number(process.env.PORT ?? 8080)).then((server) => {
  console.log(`Listening on ${server.url}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
});
