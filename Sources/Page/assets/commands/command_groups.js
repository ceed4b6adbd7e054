import { recentCommands } from "../home/most_used.js";
import { t } from "../shared/text.js";
import { personal } from "./personal.js";

// The place of categories that the configuration gives none.
const maxOrder = 1e9;

// The colours of categories, each with a class of its style.
const categoryColours = ["blue", "green", "purple", "red", "yellow"];

/// The class of the heading of a category. Grey, and a colour that this page does not know, need none.
export function categoryClass(colour) {
  return categoryColours.includes(colour) ? `category ${colour}` : "category";
}

/// The name that people read: the title of the configuration, else the name.
export function titleOf(command) {
  return command.title ?? command.name;
}

/// The category of a command: its own, else the part of its name before the colon, else one without a name.
export function categoryOf(command) {
  const colon = command.name.indexOf(":");
  const prefix = colon < 0 ? "" : command.name.slice(0, colon);
  return command.category ?? { name: prefix, order: null, icon: null, colour: null };
}

/// Commands by category: `{ title, icon, colour, members }`, in the order of the configuration, then by name.
export function groupByCategory(commands) {
  const groups = new Map();
  for (const command of commands) {
    const { name, order, icon, colour } = categoryOf(command);
    if (!groups.has(name)) {
      // Commands without a category come last.
      const place = name === "" ? Infinity : order ?? maxOrder;
      groups.set(name, { title: name, order: place, icon, colour, members: [] });
    }
    groups.get(name).members.push(command);
  }
  return [...groups.values()].sort((a, b) =>
    (a.order === b.order ? a.title.localeCompare(b.title) : a.order - b.order));
}

/// The groups of the command list: favourites, recent commands, and all by category. `byName` has the commands by name.
export function groupsOf(commands, byName) {
  const favourites = [...personal.favourites].filter((name) => Object.hasOwn(byName, name));
  const recent = recentCommands(byName).filter((command) => !personal.isFavourite(command.name));
  const all = groupByCategory(commands);
  for (const group of all) if (group.title === "" && all.length > 1) group.title = t("commands.other");
  return [
    { title: t("commands.favourites"), icon: "star", members: favourites.map((name) => byName[name]) },
    { title: t("commands.recent"), icon: "clock", members: recent },
    ...all,
  ].filter((group) => group.members.length > 0);
}
