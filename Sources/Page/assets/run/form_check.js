import { api } from "../shared/api.js";

// Milliseconds without a change after which the values are checked.
const checkDelay = 400;

/// Asks the server whether it would run the values of a form.
///
/// `values()` returns what would be sent. `onResult({ argv, errors, message })` gets the program with its arguments, or
/// null and the errors by field.
export class FormCheck {
  constructor(command, values, onResult) {
    Object.assign(this, { command, values, onResult, latest: 0 });
  }

  /// Checks soon, unless the values change again.
  schedule() {
    this.cancel();
    this.timer = setTimeout(() => this.check().then((result) => result && this.onResult(result)), checkDelay);
  }

  cancel() {
    clearTimeout(this.timer);
    this.latest += 1;
  }

  /// Checks now. Resolves to null if the values have changed meanwhile, or if the server cannot tell.
  async check() {
    this.cancel();
    const { latest } = this;
    let result = null;
    try {
      const { argv } = await api.check(this.command, this.values());
      result = { argv, errors: {}, message: null };
    } catch (error) {
      const isRefused = error.status === 422 || error.status === 400;
      if (isRefused) result = { argv: null, errors: error.body?.errors ?? {}, message: error.message };
    }
    return latest === this.latest ? result : null;
  }
}
