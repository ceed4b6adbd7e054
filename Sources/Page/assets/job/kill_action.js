import { api } from "../shared/api.js";
import { confirmAction } from "../shared/confirm_dialog.js";
import { session } from "../shared/session.js";
import { commandLine, isOpen, Status } from "../shared/status.js";
import { t } from "../shared/text.js";

/// Whether to offer this user to kill the job, or to cancel the queued execution. The server makes the final decision.
export function canKill(row) {
  if (!isOpen(row) || !session.allowsKill) return false;
  return row.can_kill ?? (session.isSuper || (session.user !== "" && row.user_identifier === session.user));
}

/// The label of the button. A queued execution has no process yet, so it is cancelled and not killed.
export function killLabel(row) {
  return row.process_status === Status.QUEUED ? t("kill.cancel") : t("kill.kill");
}

/// Asks for confirmation, then sends the kill request. Resolves to the answer, or to null if the user does not confirm.
/// `message` of the answer names processes that cannot be killed.
///
/// Throws `ApiError`.
export async function confirmAndKill(row) {
  const detail = commandLine(row);
  const isConfirmed = row.process_status === Status.QUEUED
    ? await confirmAction(t("kill.cancelQuestion"), {
      detail, action: t("kill.cancelRun"), dismiss: t("kill.keepQueued"),
    })
    : await confirmAction(t("kill.question"), { detail, action: t("kill.kill") });
  return isConfirmed ? api.kill(row.job_uuid) : null;
}

/// Asks for confirmation, then lets the kill go on with KILL at once. Resolves to whether the user wants it.
///
/// Throws `ApiError`.
export async function confirmAndForce(row) {
  const options = { detail: `${commandLine(row)}. ${t("kill.forceDetail")}`, action: t("kill.force") };
  const isConfirmed = await confirmAction(t("kill.forceQuestion"), options);
  if (isConfirmed) await api.kill(row.job_uuid, true);
  return isConfirmed;
}
