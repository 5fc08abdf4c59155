/** An anchor leads to a place on a page, not to another page. */
const ANCHOR = /^[\w.:-]*$/;

/**
 * A clicked link without its query string, and without a fragment that is one. Shops put email addresses and tokens
 * there, so nothing behind the path is stored or shown. `#/orders/1` is a path of a page and stays.
 *
 * @param url a link as `cleanUrl` writes it
 */
export function withoutQuery(url: string): string {
  const [page = "", ...fragments] = url.split("#");
  const [path = ""] = page.split("?", 1);
  const [fragment = ""] = fragments.join("#").split("?", 1);
  return /[=&]/.test(fragment) || ANCHOR.test(fragment) ? path : `${path}#${fragment}`;
}
