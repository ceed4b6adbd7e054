const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/// Where the address points: `#/run/NAME?params=…`, `#/job/UUID`, `#/history?…`, and the original's bare `#UUID`.
export function parseRoute(hash) {
  const text = hash.replace(/^#/, "");
  if (uuidPattern.test(text)) return { view: "job", name: text.toLowerCase(), query: {} };
  const mark = text.indexOf("?");
  const path = (mark < 0 ? text : text.slice(0, mark)).split("/").filter(Boolean);
  const query = Object.fromEntries(new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1)));
  if (path[0] === "run" && path.length > 1) return { view: "run", name: decoded(path.slice(1).join("/")), query };
  if (path[0] === "job" && uuidPattern.test(path[1] ?? "")) {
    return { view: "job", name: path[1].toLowerCase(), query };
  }
  if (path[0] === "history") return { view: "history", name: null, query };
  if (path.length === 0) return { view: "home", name: null, query };
  return { view: "nowhere", name: text, query: {} };
}

/// The address of a place; empty values are left out, so that the same place has one address.
export function routeTo(view, name = null, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = kept.length ? `?${new URLSearchParams(kept.map(([key, value]) => [key, String(value)]))}` : "";
  const place = view === "home" ? "" : name === null ? view : `${view}/${encodedName(name)}`;
  return `#/${place}${search}`;
}

// A colon is legal in a fragment and is what people read in "cache:clear".
function encodedName(name) {
  return encodeURIComponent(name).replaceAll("%3A", ":");
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
