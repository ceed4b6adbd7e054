import { createElement, setText } from "../shared/dom.js";
import { t } from "../shared/text.js";

/// Shows a bar for an upload in an element. Returns the function that gets the uploaded fraction.
export function showUploadProgress(container) {
  const bar = createElement("progress", { class: "upload-bar", max: 1, value: 0, "aria-label": t("upload.label") });
  const text = createElement("span", { class: "muted" }, t("upload.begun"));
  container.replaceChildren(createElement("div", { class: "row" }, bar, text));
  return (fraction) => {
    bar.value = fraction;
    const percent = Math.floor(fraction * 100);
    setText(text, fraction < 1 ? t("upload.progress", { percent }) : t("upload.starting"));
  };
}
