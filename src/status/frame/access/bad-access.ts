/** Settings of the page that cannot be used, and what to do. */
export class BadAccess extends Error {
  readonly why: string;
  readonly fix: string;

  constructor(why: string, fix: string) {
    super(`${why}\n  fix: ${fix}`);
    this.name = "BadAccess";
    this.why = why;
    this.fix = fix;
  }
}
