import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from "@nestjs/common";
import type { Response } from "express";

import { PROBLEM, problemOf } from "../http/problem";

/** Answers every error as a problem: those of the domain, and those of Nest, which have a status of their own. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error instanceof HttpException ? { ...statusOf(error) } : error);
    if (problem.status >= 500) console.error(error);
    response.status(problem.status).type(PROBLEM).json(problem);
  }
}

function statusOf(error: HttpException): { readonly statusCode: number; readonly message: string } {
  return { statusCode: error.getStatus(), message: error.message };
}
