/** Settings of the page that cannot be used, and what to do. */
export class BadAccess extends Error {
  constructor(why: string, fix: string) {
    super(`${why}\n  fix: ${fix}`);
    this.name = "BadAccess";
  }
}
