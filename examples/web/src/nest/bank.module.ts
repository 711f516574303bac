import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from "@nestjs/common";
import { APP_FILTER, ModuleRef } from "@nestjs/core";
import { Domain } from "@tidemark/core";

import { AccountCommandHandler } from "../account/account-command-handler";
import { createBank } from "../create-bank";
import { AccountController } from "./account.controller";
import { ProblemFilter } from "./problem.filter";

@Module({
  controllers: [AccountController],
  providers: [
    // The domain takes its handlers from Nest's container, so that they are providers like any other.
    {
      provide: Domain,
      inject: [ModuleRef],
      useFactory: (container: ModuleRef) => createBank((handler) => container.get(handler, { strict: false })),
    },
    AccountCommandHandler,
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class BankModule implements OnModuleInit, OnApplicationShutdown {
  constructor(@Inject(Domain) private readonly domain: Domain) {}

  async onModuleInit(): Promise<void> {
    await this.domain.init();
  }

  /** Runs when all requests are answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.domain.close();
  }
}
