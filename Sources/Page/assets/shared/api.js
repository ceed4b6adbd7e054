import { connection } from "./connection.js";
import { untilLogin } from "./poller.js";
import { adjustClock } from "./server_clock.js";
import { translateAnswer } from "./server_text.js";
import { t } from "./text.js";
import { transfer, upload } from "./transfer.js";

// Milliseconds between two requests while the login has expired.
const loginInterval = 5000;

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
  /// Starts a command, once for each `key`. `values` are `{ params }` or `{ arguments, options }`. `onProgress` gets
  /// the uploaded fraction.
  execute: (command, values, key, onProgress = null) =>
    call("POST", "/execute", { command, ...values }, { headers: { "Idempotency-Key": key }, onProgress }),
  /// What a command would run as, without running it.
  check: (command, values) => call("POST", "/check", { command, ...values }),
  /// Requests a kill. `isForced` lets it go on with KILL at once.
  kill: (uuid, isForced = false) => call("POST", `/kill/${uuid}`, isForced ? { now: true } : {}),
  setFavourite: (command, favourite) => call("POST", "/favourites", { command, favourite }),
  savePreset: (preset) => call("POST", "/presets", preset),
  deletePreset: (id) => call("POST", `/presets/${id}/delete`, {}),
  instances: () => call("GET", "/instances"),
  closeInstance: (uuid) => call("POST", `/instances/${encodeURIComponent(uuid)}/close`, {}),
  /// A slice of a log. With `waiting` the server may wait for news: `{ wait_ms, state, signal }`.
  log: (uuid, offset, withTimes, { signal = null, ...waiting } = {}) =>
    call("GET", `/execute/${uuid}${queryString({ offset, times: withTimes ? "1" : null, ...waiting })}`, null,
      { signal }),
  /// One step of a search in the whole log.
  search: (uuid, query) => call("GET", `/execute/${uuid}/search${queryString(query)}`),
  /// The address of a file with all rows of a query. `format` is "csv" or "jsonl".
  exportURL: (format, query) => `${api.base}/history/export${queryString({ format, ...query })}`,
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

async function call(method, path, body, { headers = {}, onProgress = null, signal = null, mayRenewToken = true } = {}) {
  const isRead = method === "GET";
  const sentAt = Date.now();
  let response;
  try {
    const text = isRead ? undefined : JSON.stringify(body);
    response = await (onProgress ? upload : transfer)(method, api.base + path, text, {
      Accept: "application/json",
      ...(isRead ? {} : { "Content-Type": "application/json", "X-CSRF-TOKEN": api.token, ...headers }),
    }, onProgress ?? signal);
  } catch {
    if (signal?.aborted) throw new ApiError(0, "");
    connection.markLost();
    throw new ApiError(0, t("error.unreachable"));
  }
  if (response.status === 419 && mayRenewToken && await renewToken()) {
    return call(method, path, body, { headers, onProgress, mayRenewToken: false });
  }
  const parsed = parseBody(response.text);
  if (parsed !== null) adjustClock(response.header("Date"), sentAt, Date.now());
  // 401 for a kill means that this user may not kill the job; the login is still valid.
  const isExpired = (response.status === 401 && !path.startsWith("/kill/")) || isLoginPage(response, parsed);
  if (isExpired) connection.markExpired();
  // An answer that names another instance means that only that instance is unreachable.
  else if (response.status >= 502 && response.status <= 504 && !parsed?.instance) connection.markLost();
  else connection.markOnline();
  if (isExpired && response.status !== 401) throw expiredError();
  if (response.status >= 200 && response.status < 300 && parsed !== null) return parsed;
  const answer = translateAnswer(parsed);
  const error = new ApiError(response.status, messageFor(response.status, answer), answer);
  if (response.status === 401) error.retryDelay = retryDelayFor(response);
  throw error;
}

// A login that has expired may look like a redirect to another site, or like the page of a login with status 200. This
// API never redirects, and always answers with JSON.
function isLoginPage(response, parsed) {
  const isHTML = /^\s*</.test(response.text) && response.status >= 200 && response.status < 300;
  return response.isRedirect || (parsed === null && isHTML);
}

function expiredError() {
  const error = new ApiError(401, t("error.expired"));
  error.retryDelay = loginInterval;
  return error;
}

// The browser opens its password dialog for an answer with WWW-Authenticate. Only a click may cause that, no poll.
function retryDelayFor(response) {
  return response.header("WWW-Authenticate") ? untilLogin : loginInterval;
}

function parseBody(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function messageFor(status, body) {
  if (body?.errors) return Object.values(body.errors).flat().join(" ");
  if (body?.error_message || body?.message) return body.error_message || body.message;
  if (status === 502 || status === 503 || status === 504) {
    return t("error.noAnswer");
  }
  if (status >= 200 && status < 300) return t("error.unreadable");
  return t("error.status", { status: String(status) });
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
    const page = await fetch(`${api.base}/`, { credentials: "same-origin", cache: "no-store", redirect: "manual" });
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
