import { flushCompileCache } from "node:module";
import { text } from "node:stream/consumers";

// Loaded before the command (`node --import`): everything is imported while the life before is still running, and the
// command begins when its standard input ends. Who is killed cannot keep what was compiled, so it is kept before.
await import("../../src/main.ts");
flushCompileCache();
await text(process.stdin);
