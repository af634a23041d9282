"""What people are told by mail and SMS, in Russian and in English; it names nobody."""

from couriers.letter import Channel, Letter

_CODE = """\
Кто-то, возможно вы, восстанавливает доступ к школьному дневнику.
Код: {code}
Он действует {minutes} минут и один раз. Никому его не сообщайте: школа его не спрашивает.
Если это не вы, ничего не делайте: без кода пароль не изменится.

Somebody, perhaps you, is recovering access to the school diary.
Code: {code}
It works for {minutes} minutes and once. Tell it to nobody: the school never asks for it.
If it was not you, do nothing: without the code the password stays as it is.
"""
# As short as one SMS in Russian letters may be: 70 characters.
_SHORT_CODE = "Дневник: код {code} на {minutes} мин. Никому его не сообщайте. Diary code."
_RECOVERED = """\
Пароль от школьного дневника изменён по коду восстановления. Все прежние входы завершены.
Если это сделали не вы, сразу обратитесь к администратору школы.

The password of your school diary was changed with a recovery code. All sessions were ended.
If it was not you, turn to your school's administrator at once.
"""
_CONTACTS_CHANGED = """\
Телефон или адрес почты в школьном дневнике изменены.
Если это сделали не вы, сразу обратитесь к администратору школы.

The phone or the e-mail address in your school diary was changed.
If it was not you, turn to your school's administrator at once.
"""


def recovery_code(channel: Channel, to: str, code: str, minutes: int) -> Letter:
    """The code with which whoever reads it may choose a new password."""
    text = _CODE if channel is Channel.EMAIL else _SHORT_CODE
    return Letter(to, "Код восстановления / Recovery code", text.format(code=code, minutes=minutes))


def password_changed(to: str) -> Letter:
    """The notice that a recovery was completed."""
    return Letter(to, "Пароль изменён / Password changed", _RECOVERED)


def contacts_changed(to: str) -> Letter:
    """The notice to the address on file until now."""
    return Letter(to, "Контакты изменены / Contacts changed", _CONTACTS_CHANGED)
