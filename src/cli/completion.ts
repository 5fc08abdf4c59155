import type { Command } from "commander";
import { Argument } from "commander";
import type { App } from "./app.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** A command with the options that can follow it. */
interface Completed {
  readonly name: string;
  readonly description: string;
  readonly words: readonly string[];
}

export function completionCommand(program: Command, app: App): void {
  program
    .command("completion")
    .description("Print a script that completes commands and options in your shell.")
    .addArgument(new Argument("<shell>", "your shell").choices(SHELLS))
    .action((shell: Shell) => app.out(SCRIPTS[shell](completed(program), optionsOf(program))));
}

function completed(program: Command): readonly Completed[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    words: [...command.commands.map((one) => one.name()), ...optionsOf(command)],
  }));
}

function optionsOf(command: Command): readonly string[] {
  return [...command.options.flatMap(({ long }) => long ?? []), "--help"];
}

const SCRIPTS: Readonly<
  Record<Shell, (commands: readonly Completed[], global: readonly string[]) => string>
> = {
  bash: (commands, global) => `# tandem completion for bash
_tandem() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${commands.map(({ name, words }) => `    ${name}) words="${words.join(" ")}" ;;`).join("\n")}
    *) words="${[...commands.map(({ name }) => name), ...global].join(" ")}" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${[...commands.map(({ name }) => name), ...global].join(" ")}"
  COMPREPLY=($(compgen -W "$words ${global.join(" ")}" -- "$word"))
}
complete -o default -F _tandem tandem
`,
  zsh: (commands, global) => `#compdef tandem
_tandem() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, description }) => `      ${quoted(`${name}:${description}`)}`).join("\n")}
    )
    _describe command commands
    compadd -- ${global.join(" ")}
    return
  fi
  case $words[2] in
${commands.map(({ name, words }) => `    ${name}) compadd -- ${[...words, ...global].join(" ")} ;;`).join("\n")}
  esac
  _files
}
compdef _tandem tandem
`,
  fish: (commands, global) => `# tandem completion for fish
${commands.map(({ name, description }) => `complete -c tandem -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`).join("\n")}
${commands.map(({ name, words }) => `complete -c tandem -n "__fish_seen_subcommand_from ${name}" -a "${words.join(" ")}"`).join("\n")}
complete -c tandem -a "${global.join(" ")}"
`,
};

/** In single quotes, which both shells take as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "’")}'`;
}
