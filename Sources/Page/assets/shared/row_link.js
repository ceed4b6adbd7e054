/// Opens the link of a row that was clicked anywhere else. Selecting text and clicking controls do not open it.
export function openRow(event, link) {
  const isOther = event.target.closest("a, button, input, select") || event.defaultPrevented || event.button !== 0;
  if (isOther || window.getSelection().toString() !== "") return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else location.hash = link.getAttribute("href");
}
