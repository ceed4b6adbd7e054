import { createElement } from "../shared/dom.js";
import { t } from "../shared/text.js";

/// Makes a line the head of a group: a button that folds it, and the marker of the group out of sight. The text of the
/// line stays whole, so that selections and copies are exact.
export function addGroupHead(element, group, onToggle) {
  element.classList.add("group-head");
  if (group.prefix > 0) hidePrefix(element, group.prefix);
  element.prepend(createElement("button", {
    type: "button", class: "fold", tabIndex: 0, "aria-expanded": String(!group.isFolded),
    "aria-label": t("log.group", { name: group.name }), onclick: onToggle,
  }));
  if (group.label) element.dataset.group = group.label;
}

// The marker is ASCII, so it is text of the first nodes.
function hidePrefix(element, length) {
  const range = document.createRange();
  range.setStart(element, 0);
  let left = length;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (left <= node.length) {
      range.setEnd(node, left);
      break;
    }
    left -= node.length;
  }
  const prefix = createElement("span", { class: "group-marker" });
  prefix.append(range.extractContents());
  element.prepend(prefix);
}
