import { api } from "../shared/api.js";
import { confirmAction } from "../shared/confirm_dialog.js";
import { announce, createElement } from "../shared/dom.js";
import { exactTime, relativeTime } from "../shared/format.js";
import { createErrorMessage } from "../shared/notices.js";
import { serverNow } from "../shared/server_clock.js";
import { t } from "../shared/text.js";

const minInterval = 5000;

/// The instances that share this history: when each was last seen, and what runs and is queued there.
///
/// Hidden while there is only one instance.
export class InstanceList {
  constructor() {
    this.list = createElement("ul", { "aria-label": t("instances.title") });
    this.messages = createElement("div", { class: "messages" });
    this.element = createElement("div", { class: "instances", hidden: true }, this.list, this.messages);
    this.loadedAt = -Infinity;
  }

  /// Loads the list if rows of the history name an instance, which they do only if there are several.
  async onRows(rows) {
    if (!rows.some((row) => row.instance) || performance.now() - this.loadedAt < minInterval) return;
    await this.load();
  }

  async load() {
    this.loadedAt = performance.now();
    try {
      this.draw((await api.instances()).instances, serverNow());
    } catch {
      // The table below shows what is wrong.
    }
  }

  draw(instances, now) {
    this.list.replaceChildren(...instances.map((instance) => this.createItem(instance, now)));
    this.element.hidden = instances.length < 2;
  }

  createItem(instance, now) {
    const time = relativeTime(instance.last_seen, now);
    const seen = instance.is_gone ? t("instances.gone", { time }) : t("instances.seen", { time });
    const name = instance.is_here ? t("instances.here", { name: instance.name }) : instance.name;
    const facts = [name, seen, openExecutionsText(instance)];
    const version = instance.version && t("instances.version", { version: instance.version });
    const title = [exactTime(instance.last_seen), instance.address, version];
    const item = createElement("li", {
      class: instance.is_gone ? "gone" : "", title: title.filter(Boolean).join("\n"),
    }, facts.filter(Boolean).join(" · "));
    if (instance.is_gone && instance.running + instance.waiting > 0) {
      item.append(" ", createElement("button", { type: "button", onclick: () => this.close(instance) },
        t("instances.closeRuns")));
    }
    return item;
  }

  async close(instance) {
    const detail = `${instance.name}: ${openExecutionsText(instance)}. ${t("instances.closeDetail")}`;
    const question = t("instances.closeQuestion");
    if (!await confirmAction(question, { detail, action: t("instances.close") })) return;
    this.messages.replaceChildren();
    try {
      const { closed } = await api.closeInstance(instance.server_uuid);
      announce(t("instances.closed", { count: closed }));
    } catch (error) {
      this.messages.replaceChildren(createErrorMessage(error.message));
    }
    await this.load();
  }
}

// The API tells these numbers only to super users.
function openExecutionsText(instance) {
  if (instance.running === null) return "";
  const running = t("header.running", { count: instance.running });
  return instance.waiting ? `${running}, ${t("instances.queued", { count: instance.waiting })}` : running;
}
