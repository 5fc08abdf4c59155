import type { Command } from "commander";
import { hashPassword } from "../../status/frame/access/password.ts";
import { passwordProblem } from "../../status/frame/access/password-strength.ts";
import { ROLES, isRole } from "../../status/frame/access/role.ts";
import type { App, CommonOptions } from "../app.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";

interface UserOptions extends CommonOptions {
  readonly role: string;
}

export function userCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("user <name>")
    .description("Print a line for TANDEM_USERS_FILE. Asks for the password.")
    .requiredOption("--role <role>", `one of ${ROLES.join(", ")}`)
    .action(async (name: string, _options, command: Command) => {
      const options = command.optsWithGlobals<UserOptions>();
      const { role } = options;
      if (!isRole(role))
        throw new CommandFailure(EXIT.usage, `There is no role ${role}: ${ROLES.join(", ")}.`);
      if (!/^[^\s#]{1,100}$/.test(name))
        throw new CommandFailure(EXIT.usage, "A name has no spaces and no #.");
      const hash = await hashPassword(await passwordFor(app, name));
      app.out(options.json ? json({ name, role, hash }) : `${name} ${role} ${hash}\n`);
      app.talk(
        "Put this line into the file that TANDEM_USERS_FILE names. It counts from the next request.\n",
      );
      exit(EXIT.done);
    });
}

/** From TANDEM_USER_PASSWORD where nobody can be asked: never from the command line, which others can see. */
async function passwordFor(app: App, name: string): Promise<string> {
  const given = app.env["TANDEM_USER_PASSWORD"];
  const password = given ?? (await app.ask?.(`Password for ${name}: `, { secret: true }));
  if (password === undefined) {
    const fix = "Run it at a terminal, or give the password as TANDEM_USER_PASSWORD.";
    throw new CommandFailure(EXIT.usage, `There is no terminal to enter the password at.\n  fix: ${fix}`);
  }
  const problem = passwordProblem(password);
  if (problem !== null) throw new CommandFailure(EXIT.usage, `The password ${problem}.`);
  return password;
}
