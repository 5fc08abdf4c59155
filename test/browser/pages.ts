/** Every page that a person sees, for what has to hold on each: add yours here. `:id` stands for a contact that fails. */
export const PAGES = [
  "/",
  "/errors",
  "/errors?q=bad.phone&cause=KL-PHONE&state=failing&size=50",
  "/errors?q=nobody",
  "/errors?page=x",
  "/contacts",
  "/contacts?q=nobody@example.com",
  "/contacts/:id",
  "/contacts/:id?show=all",
  "/contacts/:id/raw",
  "/help",
  "/nothing-here",
] as const;

/** Forms that ask once more: the address, and what is pressed there. */
export const QUESTIONS = [
  { from: "/errors?q=bad.phone", tick: /matching this search/, press: "Retry selected" },
  { from: "/errors?q=bad.phone", tick: /matching this search/, press: "Ignore selected…" },
  { from: "/contacts/:id", tick: null, press: "Ignore…" },
  { from: "/contacts/:id", tick: null, press: "Erase…" },
] as const;
