import { Domain } from "@tidemark/core";

export const domain = new Domain("project-name");
