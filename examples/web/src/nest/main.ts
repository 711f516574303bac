import { start } from "./server";

start(Number(process.env.PORT ?? 8080)).then(({ url }) => console.log(`Listening on ${url}`));
