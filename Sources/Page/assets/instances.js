import { api } from "./api.js";
import { confirmed } from "./dialog.js";
import { announce, h } from "./dom.js";
import { ago, counted, exactTime } from "./format.js";
import { problem } from "./notices.js";

const askedEvery = 5000;

/// Who shares this history: what runs and waits on each, and which are gone. Nothing where there is only one.
export class Instances {
  constructor() {
    this.list = h("ul", { "aria-label": "Instances" });
    this.trouble = h("div");
    this.element = h("div", { class: "instances", hidden: true }, this.list, this.trouble);
    this.askedAt = -Infinity;
  }

  /// Rows have come: they name their instance where there are several.
  async seen(rows) {
    if (!rows.some((row) => row.instance) || performance.now() - this.askedAt < askedEvery) return;
    await this.ask();
  }

  async ask() {
    this.askedAt = performance.now();
    try {
      this.draw((await api.instances()).instances, Date.now() / 1000);
    } catch {
      // The table beside it says what is wrong.
    }
  }

  draw(list, now) {
    this.list.replaceChildren(...list.map((instance) => this.entry(instance, now)));
    this.element.hidden = list.length < 2;
  }

  entry(instance, now) {
    const seen = `${instance.is_gone ? "gone, last seen" : "seen"} ${ago(instance.last_seen, now)}`;
    const facts = [instance.is_here ? `${instance.name} (here)` : instance.name, seen, loadOf(instance)];
    const title = [exactTime(instance.last_seen), instance.address, instance.version && `version ${instance.version}`];
    const item = h("li", { class: instance.is_gone ? "gone" : "", title: title.filter(Boolean).join("\n") },
      facts.filter(Boolean).join(" · "));
    if (instance.is_gone && instance.running + instance.waiting > 0) {
      item.append(" ", h("button", { type: "button", onclick: () => this.close(instance) }, "Close its jobs"));
    }
    return item;
  }

  async close(instance) {
    const detail = `${instance.name}: ${loadOf(instance)}. What runs is called lost until the instance is back.`;
    if (!await confirmed("Close the jobs of this instance?", detail, "Close")) return;
    this.trouble.replaceChildren();
    try {
      const { closed } = await api.closeInstance(instance.server_uuid);
      announce(`${counted(closed, "job")} closed.`);
    } catch (error) {
      this.trouble.replaceChildren(problem(error.message));
    }
    await this.ask();
  }
}

// Only super users are told.
function loadOf(instance) {
  if (instance.running === null) return "";
  return instance.waiting ? `${instance.running} running, ${instance.waiting} waiting` : `${instance.running} running`;
}
