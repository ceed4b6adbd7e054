import { loadPreference, savePreference } from "../shared/preferences.js";

const maxCards = 8;
const maxRecent = 5;
const maxNames = 200;

/// Counts a run of a command, for the cards of the home view. This browser keeps the numbers.
export function countUse(name) {
  const uses = loadUses();
  uses.set(name, (uses.get(name) ?? 0) + 1);
  const kept = [...uses].sort((a, b) => b[1] - a[1]).slice(0, maxNames);
  savePreference("uses", JSON.stringify(kept));
  const recent = [name, ...loadRecent().filter((other) => other !== name)].slice(0, maxRecent * 4);
  savePreference("recent-commands", JSON.stringify(recent));
}

/// The commands that this browser has run last, newest first, of those that the user may run now.
export function recentCommands(commands) {
  return loadRecent().filter((name) => Object.hasOwn(commands, name)).slice(0, maxRecent).map((name) => commands[name]);
}

/// The commands for the cards: the favourites, then those that this browser has run most often, of those that the user
/// may run now.
export function cardCommands(commands, favourites) {
  const used = [...loadUses()].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const names = [...new Set([...favourites, ...used])].filter((name) => Object.hasOwn(commands, name));
  return names.slice(0, Math.max(maxCards, favourites.size)).map((name) => commands[name]);
}

function loadRecent() {
  try {
    return JSON.parse(loadPreference("recent-commands") ?? "[]").filter((name) => typeof name === "string");
  } catch {
    return [];
  }
}

function loadUses() {
  try {
    const kept = JSON.parse(loadPreference("uses") ?? "[]");
    return new Map(kept.filter((entry) => typeof entry[0] === "string" && typeof entry[1] === "number"));
  } catch {
    return new Map();
  }
}
