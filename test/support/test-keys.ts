import { deriveKeys } from "../../src/cli/installation-key.ts";

/** The keys of the installation that tests are. */
export const TEST_KEYS = deriveKeys("a secret of the tests, and of nobody else");

/** Another installation's. */
export const OTHER_KEYS = deriveKeys("a secret that somebody else has");
