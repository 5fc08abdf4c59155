import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { BadPlanFile, PlanNotSaved, checkPlanHeader } from "./plan-file.ts";

/**
 * Is there room for a plan, and nothing that it would destroy? Asked before both sides are read, which may take minutes.
 * Only a file that is empty or a plan of before is ever replaced: not a mapping, whatever was mistyped.
 *
 * @throws PlanNotSaved with why not
 */
export async function checkPlanPlace(path: string): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there === null) return checkFolder(path);
  if (there.isDirectory()) throw new PlanNotSaved(path, "is a folder");
  if (!there.isFile()) return;
  await checkFolder(path);
  if (there.size === 0) return;
  try {
    await checkPlanHeader(path);
  } catch (error) {
    if (!(error instanceof BadPlanFile)) throw error;
    throw new PlanNotSaved(path, "is there already and is no saved plan, so it is not replaced");
  }
}

async function checkFolder(path: string): Promise<void> {
  const folder = dirname(path);
  const isFolder = (await stat(folder).catch(() => null))?.isDirectory() === true;
  if (!isFolder) throw new PlanNotSaved(path, `cannot be written: there is no folder ${folder}`);
  await access(folder, constants.W_OK).catch(() => {
    throw new PlanNotSaved(path, `cannot be written: nothing may be made in ${folder}`);
  });
}
