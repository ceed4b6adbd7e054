import { loadPreference, savePreference } from "../shared/preferences.js";

const maxCards = 6;
const maxNames = 200;

/// Counts a run of a command, for the cards of the home view. This browser keeps the numbers.
export function countUse(name) {
  const uses = loadUses();
  uses.set(name, (uses.get(name) ?? 0) + 1);
  const kept = [...uses].sort((a, b) => b[1] - a[1]).slice(0, maxNames);
  savePreference("uses", JSON.stringify(kept));
}

/// The commands that this browser has run most often, of those that the user may run now.
export function mostUsedCommands(commands) {
  return [...loadUses()].sort((a, b) => b[1] - a[1])
    .filter(([name]) => Object.hasOwn(commands, name)).slice(0, maxCards).map(([name]) => commands[name]);
}

function loadUses() {
  try {
    const kept = JSON.parse(loadPreference("uses") ?? "[]");
    return new Map(kept.filter((entry) => typeof entry[0] === "string" && typeof entry[1] === "number"));
  } catch {
    return new Map();
  }
}
