/// A random text that no other request has. Browsers offer `randomUUID` only over TLS and on localhost.
export function createKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/// The idempotency key of what the user submits.
///
/// If no answer arrives, the server may have started the command or not. The user then submits the same values again,
/// and the same key lets the server start the command only once. After an answer the next submission is a new one.
export class SubmissionKey {
  constructor() {
    this.key = null;
    this.values = null;
  }

  /// The key for values: the previous one if the same values were submitted and not answered.
  keyFor(values) {
    const text = JSON.stringify(values);
    if (this.key === null || this.values !== text) {
      this.key = createKey();
      this.values = text;
    }
    return this.key;
  }

  /// The server has answered.
  settle() {
    this.key = null;
    this.values = null;
  }
}
