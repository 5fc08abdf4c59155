/** What may never be in a page of ours, whatever anybody wrote; an expression that a browser evaluates. Our own charts are ours. */
export const INJECTED = `[
  ...document.querySelectorAll("img, svg:not(.chart), .chart :not(title, desc, defs, pattern, rect, line, path), iframe, object, embed, base, math, video, style, template, marquee, x, noscript, meta[http-equiv]"),
  ...document.querySelectorAll("script:not([src='/page.js']), link:not([href='/style.css'], [href='/fonts.css']), form[action^='/'] form, form:not([action^='/'])"),
  ...[...document.querySelectorAll("*")].filter((element) => [...element.attributes].some(({ name }) => name.startsWith("on"))),
  ...[...document.querySelectorAll("[href], [src], [action]")].filter((element) => !/^(?:https?:|\\/(?!\\/)|#|\\?)/.test(element.getAttribute("href") ?? element.getAttribute("src") ?? element.getAttribute("action"))),
].map((element) => element.outerHTML.slice(0, 200))`;
