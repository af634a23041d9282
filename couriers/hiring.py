"""The couriers of a process, as its settings say; those for SMS are somebody else's code."""

from collections.abc import Mapping
from importlib import import_module

from couriers.letter import Channel, Courier
from couriers.relay import Relay
from couriers.smtp import Smtp
from errors import SettingsError


def hire(relay: Relay | None, sms_gateway: str) -> Mapping[Channel, Courier]:
    """A courier for each channel that there is a way for; raises SettingsError.

    `sms_gateway` names a factory, `package.module:factory`, that is called once without arguments
    and gives a `Courier`; whatever it needs to know it reads from the environment itself.
    """
    couriers: dict[Channel, Courier] = {}
    if relay is not None:
        couriers[Channel.EMAIL] = Smtp(relay)
    if sms_gateway:
        couriers[Channel.SMS] = _made_by(sms_gateway)
    return couriers


def _made_by(name: str) -> Courier:
    module, _, factory = name.partition(":")
    try:
        courier: Courier = getattr(import_module(module), factory)()
    except Exception as error:  # noqa: BLE001 — whatever others’ code may raise
        # Its message stays out: it is not ours, and may repeat a password.
        raise SettingsError(
            f"SMS_GATEWAY must name a factory that can be called, like package.module:factory; "
            f"{name!r} failed with {type(error).__name__}."
        ) from None
    if not callable(getattr(courier, "deliver", None)):
        raise SettingsError(
            f"SMS_GATEWAY must name a factory of couriers (couriers/letter.py); what {name!r} made "
            "has no method `deliver`."
        )
    return courier
