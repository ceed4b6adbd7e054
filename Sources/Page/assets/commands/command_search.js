/// The commands that match a search text, best match first. Every word must occur in the name or the description.
export function searchCommands(commands, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands;
  return commands
    .map((command) => ({ command, score: scoreOf(command, words) }))
    .filter((entry) => entry.score > 0)
    .sort((a, b) => b.score - a.score || a.command.name.localeCompare(b.command.name))
    .map((entry) => entry.command);
}

function scoreOf(command, words) {
  const name = command.name.toLowerCase();
  const title = (command.title ?? "").toLowerCase();
  const description = (command.description ?? "").toLowerCase();
  let total = 0;
  for (const word of words) {
    const score = Math.max(wordScore(name, description, word), title ? wordScore(title, "", word) : 0);
    if (score === 0) return 0;
    total += score;
  }
  return total;
}

function wordScore(name, description, word) {
  if (name === word) return 100;
  if (name.startsWith(word)) return 60;
  if (name.split(/[:._-]/).some((part) => part.startsWith(word))) return 40;
  if (name.includes(word)) return 20;
  if (matchesAsAbbreviation(name, word)) return 8;
  return description.includes(word) ? 5 : 0;
}

// "cacl" matches cache:clear: the letters occur in this order, and the first one begins a part of the name.
function matchesAsAbbreviation(name, word) {
  if (word.length < 2) return false;
  let at = name.split(/[:._-]/).some((part) => part[0] === word[0]) ? name.indexOf(word[0]) : -1;
  if (at < 0) return false;
  for (const letter of word.slice(1)) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}
