// Milliseconds without an answer after which a request is given up, and without progress after which an upload is.
const answerTimeout = 30_000;
const uploadTimeout = 60_000;

/// Sends a request. Resolves to `{ status, text, header(name), isRedirect }`; rejects if no answer arrives, or if
/// `signal` aborts it.
export async function transfer(method, url, body, headers, signal = null) {
  const controller = new AbortController();
  signal?.addEventListener("abort", () => controller.abort());
  const timer = setTimeout(() => controller.abort(), answerTimeout);
  try {
    const response = await fetch(url, {
      method, headers, body, credentials: "same-origin", cache: "no-store", redirect: "manual",
      signal: controller.signal,
    });
    return {
      status: response.status, text: await response.text(), header: (name) => response.headers.get(name),
      isRedirect: response.type === "opaqueredirect",
    };
  } finally {
    clearTimeout(timer);
  }
}

/// The same for a large body. `onProgress` gets the uploaded fraction. An upload may take any time, as long as it goes
/// on. Only XMLHttpRequest tells the progress of an upload.
export function upload(method, url, body, headers, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = null;
    const waitLonger = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), uploadTimeout);
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      waitLonger();
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => resolve({
      status: request.status, text: request.responseText, header: (name) => request.getResponseHeader(name),
      isRedirect: false,
    });
    request.onerror = () => reject(new Error("The request failed."));
    request.onabort = request.onerror;
    request.onloadend = () => clearTimeout(timer);
    waitLonger();
    request.send(body);
  });
}
