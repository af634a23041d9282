"""What changes are about, and what was done: the words of all that is heard."""

from models import ChangeArea, ChangeKind
from schema.declaration import describe_enum

__all__ = ["ChangeArea", "ChangeKind"]

describe_enum(
    ChangeArea,
    "What a change is about.",
    MARKS="A mark (отметка).",
    ATTENDANCE="A pupil's attendance at a lesson (посещаемость).",
    HOMEWORK="Homework (домашнее задание).",
    LESSONS="A lesson (урок): who gives it, when, whether at all.",
    MESSAGES="A message in one's inbox (сообщение).",
    RECEIPTS="Whether a message was read (прочтение), and where it lies.",
    REPORTS="A report of a message (жалоба).",
    EVENTS="A school event or an announcement (событие, объявление).",
    NOTICES="A notice about the service itself (сервисное уведомление).",
    SESSIONS="A session of one's own (сеанс).",
    FINAL_MARKS="A mark for a term, a year, an exam, or the final one (итоговая отметка).",
    ABSENCE_ALERTS="That a pupil misses too much of a term (пропуски сверх нормы).",
    ABSENCES="A note that says why a pupil is absent (заявление об отсутствии).",
    ANSWERS="What a pupil did of their homework (ответ на задание).",
    WORKS="A work that is set for a day (контрольная, самостоятельная работа).",
    DEBTS="A work that a pupil owes («точка»).",
)
describe_enum(
    ChangeKind,
    "What was done. Each area uses some of these.",
    RECORDED="It was written into the journal.",
    CORRECTED="It was corrected.",
    REMOVED="It was taken back.",
    ASSIGNED="It was given.",
    CHANGED="It was changed.",
    SUBSTITUTED="Somebody else gives it, or no longer.",
    MOVED="It takes place at another time; a message lies in another folder.",
    SCHEDULED="It takes place beside what was planned.",
    CANCELLED="It does not take place.",
    PUBLISHED="It was announced.",
    SENT="It was sent to the listener.",
    READ="It was read by its recipient.",
    ARCHIVED="The listener put it into the archive.",
    RESTORED="The listener took it out of the archive; a lesson takes place after all.",
    DELETED="The listener deleted it from their own box.",
    REPORTED="A message was reported to the school.",
    RESOLVED="Something came of the report.",
    ENDED="It has ended.",
    SUBMITTED="It was handed in.",
    APPROVED="It was accepted.",
    DECLINED="It was not accepted.",
    SETTLED="A number was given for what was owed, and so it is owed no more.",
)
