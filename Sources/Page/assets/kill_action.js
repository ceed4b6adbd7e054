import { api } from "./api.js";
import { confirmed } from "./dialog.js";
import { session } from "./session.js";
import { lineOf } from "./status.js";

/// Whether this person may kill this execution now; the server has the last word.
export function mayKill(row) {
  if (row.process_status !== 1 || !session.allowsKill) return false;
  return row.can_kill ?? (session.isSuper || (session.user !== "" && row.user_identifier === session.user));
}

/// Asks whether it is meant, and kills. Resolves to false where the person thought better of it; throws `ApiError`.
export async function killAfterAsking(row) {
  if (!await confirmed("Kill this job and everything it started?", lineOf(row), "Kill")) return false;
  await api.kill(row.job_uuid);
  return true;
}
