import { api } from "../shared/api.js";
import { loadPreference, savePreference } from "../shared/preferences.js";
import { session } from "../shared/session.js";

/// The favourites and presets of the user. The server keeps them, so that they are in every browser of the user. This
/// browser keeps a copy of the favourites, for a page whose server could not read its store.
class Personal {
  constructor() {
    const kept = session.embeddedPersonal();
    this.favourites = new Set(kept?.favourites ?? copiedFavourites());
    this.presets = kept?.presets ?? [];
    this.subscribers = new Set();
    if (kept) this.keepCopy();
  }

  isFavourite(name) {
    return this.favourites.has(name);
  }

  /// Makes a command a favourite, or no longer. It is shown at once, and taken back if the server refuses it.
  async setFavourite(name, isFavourite) {
    const before = new Set(this.favourites);
    if (isFavourite) this.favourites.add(name);
    else this.favourites.delete(name);
    this.tell();
    try {
      this.favourites = new Set((await api.setFavourite(name, isFavourite)).favourites);
    } catch (error) {
      this.favourites = before;
      throw error;
    } finally {
      this.tell();
      this.keepCopy();
    }
  }

  /// The presets of a command.
  presetsOf(name) {
    return this.presets.filter((preset) => preset.command === name);
  }

  async savePreset(values) {
    const { preset } = await api.savePreset(values);
    this.presets = [...this.presets.filter(({ id }) => id !== preset.id), preset]
      .sort((a, b) => a.name.localeCompare(b.name));
    return preset;
  }

  async deletePreset(id) {
    await api.deletePreset(id);
    this.presets = this.presets.filter((preset) => preset.id !== id);
  }

  /// Calls `callback` when the favourites have changed. Returns a function that ends this.
  subscribe(callback) {
    this.subscribers.add(callback);
    return () => this.subscribers.delete(callback);
  }

  tell() {
    for (const callback of this.subscribers) callback();
  }

  keepCopy() {
    savePreference("favourites", JSON.stringify([...this.favourites]));
  }
}

function copiedFavourites() {
  try {
    return JSON.parse(loadPreference("favourites") ?? "[]").filter((name) => typeof name === "string");
  } catch {
    return [];
  }
}

export const personal = new Personal();
