import { announce, createElement, createIcon } from "../shared/dom.js";
import { iconPaths } from "../shared/icons.js";
import { t } from "../shared/text.js";
import { personal } from "./personal.js";

/// A star that makes a command a favourite. `onerror` gets a sentence if the server refuses it.
export function createFavouriteButton(name, onerror) {
  const button = createElement("button", {
    type: "button", class: "favourite", onclick: async () => {
      const isFavourite = !personal.isFavourite(name);
      const change = personal.setFavourite(name, isFavourite);
      draw();
      await change.then(() => announce(isFavourite ? t("favourite.added") : t("favourite.removed")),
        (error) => onerror(error.message));
      draw();
    },
  }, createIcon(iconPaths.star));
  const draw = () => {
    const isFavourite = personal.isFavourite(name);
    const label = isFavourite ? t("favourite.remove") : t("favourite.add");
    button.setAttribute("aria-pressed", String(isFavourite));
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  draw();
  return button;
}
