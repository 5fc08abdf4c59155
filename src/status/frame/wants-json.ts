/** Does an Accept header ask for JSON rather than for a page? A browser names HTML first, a script only JSON. */
export function wantsJson(accept: string | undefined): boolean {
  const offers = (accept ?? "").toLowerCase().split(",").map(offer);
  const json = quality(offers, "application/json");
  return json > 0 && json > quality(offers, "text/html");
}

interface Offer {
  readonly type: string;
  readonly quality: number;
}

function offer(written: string): Offer {
  const [type = "", ...parameters] = written.split(";").map((part) => part.trim());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const weight = q === undefined ? 1 : Number(q);
  return { type, quality: Number.isNaN(weight) ? 0 : weight };
}

function quality(offers: readonly Offer[], type: string): number {
  return Math.max(0, ...offers.filter((one) => one.type === type).map((one) => one.quality));
}
