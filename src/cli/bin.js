#!/usr/bin/env -S node --max-semi-space-size=4 --heap-growing-percent=30
// On a machine with much memory V8 collects late, and a sync of 40,000 people grew to a gigabyte; these two bound it.
// Plain JavaScript, so that an old Node can still read it and say what is missing.
const [major] = process.versions.node.split(".");
if (Number(major) < 24) {
  process.stderr.write(
    `tandem needs Node 24 or newer, this is ${process.version}.\n` +
      "In a checkout, run it through npm, which brings its own: npm run --silent tandem -- COMMAND\n",
  );
  process.exit(64);
}
// The vendors' SDKs are some thousand files: compiled once, a command starts in half the time.
const { enableCompileCache } = await import("node:module");
enableCompileCache();
const { main } = await import("../main.ts");
const status = await main(process.argv.slice(2));
// Once everything is said, it is over: neither a connection that nobody waits for any more nor what a package does when
// the process runs out of work may hold it, or change its status.
process.stderr.write("", () => process.stdout.write("", () => process.exit(status)));
