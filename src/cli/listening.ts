import { isIP } from "node:net";
import { InvalidArgumentError } from "commander";
import type { Access } from "../status/frame/access/access.ts";
import { readAccess } from "../status/frame/access/access.ts";
import { BadAccess } from "../status/frame/access/bad-access.ts";
import type { App } from "./app.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";

/** The port that PORT names; `null` where it is not set. @throws CommandFailure 64 where it is no port */
export function portSetting({ env }: Pick<App, "env">): number | null {
  const given = env["PORT"];
  if (given === undefined || given === "") return null;
  if (!isPort(given))
    throw new CommandFailure(EXIT.usage, `PORT is "${given}", which is no port (0 to 65535)`);
  return Number(given);
}

/** The address that HOST names. Some shells put the machine's name there, which says nothing about where to listen. */
export function hostSetting({ env }: Pick<App, "env">): string | null {
  const given = env["HOST"] ?? "";
  return isIP(given) === 0 ? null : given;
}

/** @throws CommandFailure 78 where the page's settings cannot be used */
export function pageAccess({ env }: Pick<App, "env">): Access {
  try {
    return readAccess(env);
  } catch (error) {
    if (!(error instanceof BadAccess)) throw error;
    throw new CommandFailure(EXIT.config, error.message);
  }
}

/** @throws InvalidArgumentError where it is no port */
export function portOption(given: string): number {
  if (!isPort(given)) throw new InvalidArgumentError("It has to be a number from 0 to 65535.");
  return Number(given);
}

function isPort(given: string): boolean {
  return /^\d{1,5}$/.test(given) && Number(given) <= 65_535;
}
