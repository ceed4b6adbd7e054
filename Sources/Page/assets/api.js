import { connection } from "./connection.js";
import { untilLetIn } from "./poller.js";

/// A refusal or failure with a sentence for the person; `status` 0 means that no answer came.
///
/// `pause` is set where the login has expired: the milliseconds until whoever asks regularly may ask again.
export class ApiError extends Error {
  constructor(status, message, body = null) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/// The only module that talks to the server.
export const api = {
  base: "",
  token: "",

  commands: () => call("GET", "/commands"),
  filters: () => call("GET", "/filters"),
  history: (query) => call("GET", `/history${searchOf(query)}`),
  execute: (command, params) => call("POST", "/execute", { command, params }),
  /// The same with values by name: `{ arguments, options }`.
  executeNamed: (command, values) => call("POST", "/execute", { command, ...values }),
  kill: (uuid) => call("POST", `/kill/${uuid}`, {}),
  instances: () => call("GET", "/instances"),
  closeInstance: (uuid) => call("POST", `/instances/${encodeURIComponent(uuid)}/close`, {}),
  log: (uuid, offset) => call("GET", `/execute/${uuid}?offset=${offset}`),
  downloadAddress: (uuid) => `${api.base}/execute/${uuid}/log`,

  /// One execution's row, or null where there is none or one may not see it.
  async execution(uuid) {
    const page = await call("GET", `/history${searchOf({ uuid })}`);
    return page.data.find((row) => row.job_uuid === uuid) ?? null;
  },
};

/// Takes base and token from the page's own head.
export function configureApi(base, token) {
  api.base = base;
  api.token = token;
}

function searchOf(query) {
  const kept = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

async function call(method, path, body, again = true) {
  let answer;
  try {
    answer = await fetch(api.base + path, {
      method,
      headers: method === "GET"
        ? { Accept: "application/json" }
        : { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-TOKEN": api.token },
      body: method === "GET" ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(30_000),
    });
  } catch {
    connection.lost();
    throw new ApiError(0, "The server cannot be reached.");
  }
  if (answer.status === 419 && again && await renewToken()) return call(method, path, body, false);
  const parsed = await parsedBody(answer);
  if (answer.status === 401 && !path.startsWith("/kill/")) connection.expired();
  // Another instance that is away is no lost connection.
  else if (answer.status >= 502 && answer.status <= 504 && !parsed?.instance) connection.lost();
  else connection.back();
  if (answer.ok && parsed !== null) return parsed;
  const error = new ApiError(answer.status, sentenceOf(answer.status, parsed), parsed);
  if (answer.status === 401) error.pause = pauseOf(answer);
  throw error;
}

// To an answer that demands a password the browser opens its own window: never without being asked to.
function pauseOf(answer) {
  return answer.headers.has("WWW-Authenticate") ? untilLetIn : 5000;
}

async function parsedBody(answer) {
  try {
    return await answer.json();
  } catch {
    return null;
  }
}

function sentenceOf(status, body) {
  if (body?.errors) return Object.values(body.errors).flat().join(" ");
  if (body?.error_message || body?.message) return body.error_message || body.message;
  if (status === 502 || status === 503 || status === 504) return "The server is not answering just now.";
  return status >= 200 && status < 300 ? "The server's answer was not understood." : `The server answered ${status}.`;
}

/// Asks to be let in again, which makes the browser ask for the password where the server wants one. False where that
/// is not enough: another kind of login, or another person.
export async function logInAgain(user) {
  const head = await freshHead();
  if (!head || head("remotisan-user") !== user) return false;
  api.token = head("csrf-token");
  connection.back();
  return true;
}

// The token belongs to the login and the server's secret; when either changed, a fresh page carries the new one.
async function renewToken() {
  const token = (await freshHead())?.("csrf-token");
  if (!token) return false;
  api.token = token;
  return true;
}

// What the head of a fresh page says, by name; null where there is none. Read by pattern, because the policy on trusted
// types forbids parsing HTML.
async function freshHead() {
  try {
    const page = await fetch(`${api.base}/`, { credentials: "same-origin", cache: "no-store" });
    if (!page.ok) return null;
    const text = await page.text();
    return (name) => htmlDecoded(new RegExp(`<meta name="${name}" content="([^"]*)"`).exec(text)?.[1] ?? "");
  } catch {
    return null;
  }
}

function htmlDecoded(text) {
  return text.replaceAll("&#39;", "'").replaceAll("&quot;", "\"").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
