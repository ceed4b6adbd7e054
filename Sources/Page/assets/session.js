/// Who looks at this page and what the server said about them in its head.
export const session = {
  base: headValue("remotisan-base"),
  token: headValue("csrf-token"),
  user: headValue("remotisan-user"),
  isSuper: headValue("remotisan-super") === "true",
  allowsKill: headValue("remotisan-kill") !== "false",
  commands: null,
  waiting: [],

  /// The commands the server put into the page to spare a request, or null where it did not.
  givenCommands() {
    try {
      return JSON.parse(headValue("remotisan-commands"));
    } catch {
      return null;
    }
  },

  setCommands(commands) {
    session.commands = commands;
    for (const resolve of session.waiting.splice(0)) resolve(commands);
  },

  /// Resolves when the commands are known.
  whenCommands() {
    if (session.commands) return Promise.resolve(session.commands);
    return new Promise((resolve) => session.waiting.push(resolve));
  },
};

function headValue(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}
