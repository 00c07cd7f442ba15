// Which screen an address names. Pure: text in, plain objects out. Whatever cannot be read leads to the page that says so.

/** Which screen a path names: { screen, key? }. `names` are a site's screens. */
export function parseRoute(pathname, names) {
  if (pathname === "/") {
    return { screen: "sites" };
  }
  if (["/login", "/password", "/setup", "/share"].includes(pathname)) {
    return { screen: pathname.slice(1) };
  }
  const match = /^\/sites\/([^/]+)\/(\w+)\/?$/.exec(pathname);
  const key = match ? decoded(match[1]) : null;
  return key && names.includes(match[2]) ? { screen: match[2], key } : { screen: "unknown" };
}

/** Where to go after signing in: a path of this site, whatever the address claims. */
export function parseNext(search) {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next) && !next.startsWith("/login") ? next : "/";
}

/** Where a site's screen is, without a question. */
export const siteAddress = (key, name) => `/sites/${encodeURIComponent(key)}/${name}`;

/** The text that was written into an address; null for what was never that. */
export function decoded(text) {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null;
  }
}
