import { connection } from "./connection.js";
import { untilLogin } from "./poller.js";

/// A request that failed. `message` is a sentence for the user. `status` is the HTTP status, or 0 without an answer.
///
/// `retryDelay` is set if the login has expired: the milliseconds until a poller may send the request again.
export class ApiError extends Error {
  constructor(status, message, body = null) {
    super(message);
    this.status = status;
    this.body = body;
  }

  /// Whether the server may have done what was asked without an answer: none arrived, or a proxy gave one.
  get isUnanswered() {
    return this.status === 0 || (this.status >= 502 && this.status <= 504);
  }
}

/// The HTTP API. No other module sends requests.
export const api = {
  base: "",
  token: "",

  commands: () => call("GET", "/commands"),
  filters: () => call("GET", "/filters"),
  history: (query) => call("GET", `/history${queryString(query)}`),
  /// Starts a command, once for each `key`. `values` are `{ params }` or `{ arguments, options }`.
  execute: (command, values, key) => call("POST", "/execute", { command, ...values }, { "Idempotency-Key": key }),
  kill: (uuid) => call("POST", `/kill/${uuid}`, {}),
  instances: () => call("GET", "/instances"),
  closeInstance: (uuid) => call("POST", `/instances/${encodeURIComponent(uuid)}/close`, {}),
  log: (uuid, offset, withTimes) => call("GET", `/execute/${uuid}?offset=${offset}${withTimes ? "&times=1" : ""}`),
  downloadURL: (uuid) => `${api.base}/execute/${uuid}/log`,

  /// The row of an execution. Null if there is none or the user is not allowed to see it.
  async execution(uuid) {
    const page = await call("GET", `/history${queryString({ uuid })}`);
    return page.data.find((row) => row.job_uuid === uuid) ?? null;
  },
};

/// Sets the base path of the requests and the CSRF token.
export function configureApi(base, token) {
  api.base = base;
  api.token = token;
}

function queryString(query) {
  const kept = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

async function call(method, path, body, headers = {}, mayRenewToken = true) {
  let response;
  try {
    response = await fetch(api.base + path, {
      method,
      headers: method === "GET"
        ? { Accept: "application/json" }
        : { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-TOKEN": api.token, ...headers },
      body: method === "GET" ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(30_000),
    });
  } catch {
    connection.markLost();
    throw new ApiError(0, "The server cannot be reached. Check your network connection.");
  }
  if (response.status === 419 && mayRenewToken && await renewToken()) {
    return call(method, path, body, headers, false);
  }
  const parsed = await parseBody(response);
  // 401 for a kill means that this user may not kill the job; the login is still valid.
  if (response.status === 401 && !path.startsWith("/kill/")) connection.markExpired();
  // An answer that names another instance means that only that instance is unreachable.
  else if (response.status >= 502 && response.status <= 504 && !parsed?.instance) connection.markLost();
  else connection.markOnline();
  if (response.ok && parsed !== null) return parsed;
  const error = new ApiError(response.status, messageFor(response.status, parsed), parsed);
  if (response.status === 401) error.retryDelay = retryDelayFor(response);
  throw error;
}

// The browser opens its password dialog for an answer with WWW-Authenticate. Only a click may cause that, no poll.
function retryDelayFor(response) {
  return response.headers.has("WWW-Authenticate") ? untilLogin : 5000;
}

async function parseBody(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function messageFor(status, body) {
  if (body?.errors) return Object.values(body.errors).flat().join(" ");
  if (body?.error_message || body?.message) return body.error_message || body.message;
  if (status === 502 || status === 503 || status === 504) {
    return "The server does not answer at the moment. Try again in a minute.";
  }
  if (status >= 200 && status < 300) return "The answer of the server could not be read. Reload the page.";
  return `The server answered with status ${status}. Tell the administrator if this happens again.`;
}

/// Loads the page again; for HTTP authentication the browser then asks for the password. Returns false if that does not
/// restore the session: the site uses another kind of login, or another user logged in.
export async function logInAgain(user) {
  const meta = await fetchMetaReader();
  if (!meta || meta("remotisan-user") !== user) return false;
  api.token = meta("csrf-token");
  connection.markOnline();
  return true;
}

// The CSRF token depends on the user and the server's secret. If either changed, a fresh page has the new token.
async function renewToken() {
  const token = (await fetchMetaReader())?.("csrf-token");
  if (!token) return false;
  api.token = token;
  return true;
}

// Loads the page and returns a function that reads its meta tags by name, or null if the page cannot be loaded. The
// tags are read by pattern, because the page's policy on trusted types forbids parsing HTML.
async function fetchMetaReader() {
  try {
    const page = await fetch(`${api.base}/`, { credentials: "same-origin", cache: "no-store" });
    if (!page.ok) return null;
    const text = await page.text();
    return (name) => decodeHTML(new RegExp(`<meta name="${name}" content="([^"]*)"`).exec(text)?.[1] ?? "");
  } catch {
    return null;
  }
}

function decodeHTML(text) {
  return text.replaceAll("&#39;", "'").replaceAll("&quot;", "\"").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
