// What the page says, in Russian.
import type { Change } from './listen';
import { Refused } from './session';

const MOMENT = new Intl.DateTimeFormat('ru', { dateStyle: 'medium', timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat('ru', { dateStyle: 'long', timeZone: 'UTC' });
const AVERAGE = new Intl.NumberFormat('ru', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** An instant as the service tells it. */
export const moment = (at: string) => MOMENT.format(new Date(at));

/** A date as the service tells it; it has no time zone. */
export const day = (on: string) => DAY.format(new Date(on));

export const average = (value: number) => AVERAGE.format(value);

const REFUSALS: Partial<Record<Refused['code'], string>> = {
  INVALID_CREDENTIALS: 'Неверный логин или пароль.',
  TOO_MANY_ATTEMPTS: 'Слишком много попыток. Попробуйте позже.',
  NEXT_STEP: 'Сначала смените пароль или введите второй фактор: этот пример так не умеет.',
};

/** Why nobody was signed in. */
export function refusal(cause: unknown): string {
  if (!(cause instanceof Refused)) return 'Сервис недоступен. Проверьте подключение к сети.';
  return REFUSALS[cause.code] ?? 'Войти не удалось.';
}

/** One line about a change. */
export function told({ area, kind, mark, homework, lesson, message, event }: Change): string {
  switch (area) {
    case 'MARKS':
      return mark ? markTold(mark, kind === 'CORRECTED') : 'Отметка снята';
    case 'HOMEWORK':
      return homework ? `Домашнее задание: ${homework.text}` : 'Домашнее задание отменено';
    case 'LESSONS':
      return lesson ? `Изменение в уроке: ${lesson.subject.name}` : 'Урок отменён';
    case 'MESSAGES':
      return `Новое сообщение: ${message?.subject ?? ''}`;
    case 'EVENTS':
      return event ? `Событие: ${event.title}` : 'Событие отменено';
    case 'ATTENDANCE':
      return 'Изменены сведения о посещаемости';
    case 'RECEIPTS':
      return 'Сообщение прочитано';
    default:
      return 'Изменение в дневнике';
  }
}

function markTold(mark: NonNullable<Change['mark']>, isCorrected: boolean): string {
  const { student, subject, text, comment } = mark;
  const verb = isCorrected ? 'отметка исправлена' : 'новая отметка';
  return `${student?.fullName}: ${verb} ${text}, ${subject.name}${comment ? ` («${comment}»)` : ''}`;
}
