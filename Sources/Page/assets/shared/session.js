/// The user of this page, and what the server wrote into the page's head for them.
export const session = {
  base: metaContent("remotisan-base"),
  token: metaContent("csrf-token"),
  user: metaContent("remotisan-user"),
  isSuper: metaContent("remotisan-super") === "true",
  languages: metaContent("remotisan-languages").split(" ").filter(Boolean),
  allowsKill: metaContent("remotisan-kill") !== "false",
  commands: null,
  pendingResolvers: [],

  /// The commands that the server embedded in the page to save a request, or null.
  embeddedCommands() {
    try {
      return JSON.parse(metaContent("remotisan-commands"));
    } catch {
      return null;
    }
  },

  /// The favourites and presets that the server embedded in the page, or null if it could not read them.
  embeddedPersonal() {
    try {
      return JSON.parse(metaContent("remotisan-personal"));
    } catch {
      return null;
    }
  },

  setCommands(commands) {
    session.commands = commands;
    for (const resolve of session.pendingResolvers.splice(0)) resolve(commands);
  },

  /// Resolves to the commands as soon as they are loaded.
  commandsLoaded() {
    if (session.commands) return Promise.resolve(session.commands);
    return new Promise((resolve) => session.pendingResolvers.push(resolve));
  },
};

function metaContent(name) {
  return globalThis.document?.querySelector(`meta[name="${name}"]`)?.content ?? "";
}
