import "reflect-metadata";

import { NestFactory } from "@nestjs/core";

import type { Running } from "../running";
import { BankModule } from "./bank.module";

export async function start(port: number): Promise<Running> {
  const app = await NestFactory.create(BankModule, { logger: ["error", "warn"] });
  app.enableShutdownHooks(); // closes the application, and so the domain, on SIGTERM
  await app.listen(port, "127.0.0.1");
  return { url: await app.getUrl(), close: () => app.close() };
}
