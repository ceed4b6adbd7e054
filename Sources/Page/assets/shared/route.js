const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/// Reads an address: `#/run/NAME?params=…`, `#/job/UUID`, `#/job/UUID/L120`, `#/compare/UUID?with=UUID`, `#/history?…`,
/// `#/commands`, or the bare `#UUID` of the original.
///
/// Returns `{ view, name, query }`; `view` is "not-found" for any other address.
export function parseRoute(hash) {
  const text = hash.replace(/^#/, "");
  if (uuidPattern.test(text)) return { view: "job", name: text.toLowerCase(), query: {} };
  const question = text.indexOf("?");
  const path = (question < 0 ? text : text.slice(0, question)).split("/").filter(Boolean);
  const query = Object.fromEntries(new URLSearchParams(question < 0 ? "" : text.slice(question + 1)));
  if (path[0] === "run" && path.length > 1) return { view: "run", name: decodeName(path.slice(1).join("/")), query };
  if (path[0] === "job" && uuidPattern.test(path[1] ?? "")) {
    const [, line] = /^L([1-9]\d{0,8})$/.exec(path[2] ?? "") ?? [];
    return { view: "job", name: path[1].toLowerCase(), query: line ? { ...query, line } : query };
  }
  if (path[0] === "compare" && uuidPattern.test(path[1] ?? "")) {
    return { view: "compare", name: path[1].toLowerCase(), query };
  }
  if (path[0] === "commands" && path.length === 1) return { view: "commands", name: null, query };
  if (path[0] === "history") return { view: "history", name: null, query };
  if (path.length === 0) return { view: "home", name: null, query };
  return { view: "not-found", name: text, query: {} };
}

/// The address of a view. Empty query values are left out, so that each view has only one address.
export function routeTo(view, name = null, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = kept.length ? `?${new URLSearchParams(kept.map(([key, value]) => [key, String(value)]))}` : "";
  const target = view === "home" ? "" : name === null ? view : `${view}/${encodeName(name)}`;
  return `#/${target}${search}`;
}

/// The address of a line of a job's log, or of the job if there is no line.
export function routeToLine(uuid, line) {
  return `${routeTo("job", uuid)}${line === null ? "" : `/L${line}`}`;
}

// A colon is legal in a fragment (RFC 3986, section 3.5), and "cache:clear" is easier to read with it.
function encodeName(name) {
  return encodeURIComponent(name).replaceAll("%3A", ":");
}

function decodeName(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
