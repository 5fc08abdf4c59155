import { afterAll, beforeAll, expect, test } from "vitest";
import type { Folder } from "./command-line.ts";
import { makeFolder, tandem } from "./command-line.ts";

let folder: Folder;
beforeAll(async () => void (folder = await makeFolder()));
afterAll(() => folder.remove());

test("a sign-in that was meant and lets nobody in ends the start with its fix", async () => {
  const users = await folder.write("users", "# nobody yet\n");
  for (const env of [{ TANDEM_ADMIN_PASSWORD: "" }, { TANDEM_USERS_FILE: users }]) {
    const { status, talk } = await tandem(["start", "--port", "0"], { env, cwd: folder.path });
    expect(status).toBe(78);
    expect(talk).toContain(`Nobody could sign in on the status page, though ${Object.keys(env)[0]} is set.`);
    expect(talk).toContain("fix: Set TANDEM_ADMIN_PASSWORD");
  }
});
