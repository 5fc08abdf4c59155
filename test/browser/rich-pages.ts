/** The pages of a `richPage`, with something in every part of them. `:run` stands for a run. */
export const RICH_PAGES = [
  "/",
  "/runs",
  "/runs/:run",
  "/runs/:run/undo",
  "/mapping",
  "/mapping?show=rules",
  "/mapping?show=file",
  "/mapping?show=changes",
  "/mapping?show=held",
  "/mapping?show=dry-run",
  "/conflicts",
  "/consent?email=nobody@example.com",
  "/engagement",
  "/settings",
  "/help",
] as const;
