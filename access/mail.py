"""Who reaches internal mail: its sender, its recipients, and whom a recipient reported it to."""

from tortoise.expressions import Q

import models
from access import facts
from access.facts import Facts
from access.roles import Relation
from access.scope import Scope
from access.viewer import ME
from models import Position

OWN = Q(id__in=facts.RECEIVED) | facts.SENT


def _reports(position: Position) -> Q:
    """What was reported to a school where the viewer holds this post; never what they wrote."""
    return Q(organization_id__in=facts.organizations_of(position), message__sender_id__not=ME)


def _reported(position: Position) -> Facts:
    """The messages of those reports, until something comes of them."""
    still_open = _reports(position) & Q(resolved_at__isnull=True)
    return Facts(models.MessageReport, "message_id", still_open)


# Nobody else looks into mail. Heads too are told of reports, for an administrator may be the one
# who wrote the message.
MESSAGES = Scope(
    models.Message,
    {
        Relation.SELF: OWN,
        Relation.HEAD: Q(id__in=_reported(Position.HEAD)),
        Relation.ADMINISTRATOR: Q(id__in=_reported(Position.SCHOOL_ADMINISTRATOR)),
    },
)
REPORTS = Scope(
    models.MessageReport,
    {
        Relation.SELF: Q(reporter_id=ME),
        Relation.HEAD: _reports(Position.HEAD),
        Relation.ADMINISTRATOR: _reports(Position.SCHOOL_ADMINISTRATOR),
    },
)
# Whoever reads a message reads what its files are called.
ATTACHMENTS = Scope(
    models.MessageAttachment,
    {
        Relation.SELF: Q(message_id__in=facts.RECEIVED)
        | Q(message__sender_id=ME, message__sender_deleted_at__isnull=True),
        Relation.HEAD: Q(message_id__in=_reported(Position.HEAD)),
        Relation.ADMINISTRATOR: Q(message_id__in=_reported(Position.SCHOOL_ADMINISTRATOR)),
    },
)
RECEIPTS = Scope(models.MessageReceipt, {Relation.SELF: facts.HELD})
FOLDERS = Scope(models.MessageFolder, {Relation.SELF: Q(owner_id=ME)})
DRAFTS = Scope(models.MessageDraft, {Relation.SELF: Q(owner_id=ME)})

SETTINGS = Scope(models.MailSettings, {Relation.SELF: Q(person_id=ME)})

# To whom it went, and who has read it, is the sender's to know.
SENT_MESSAGES = Scope(models.Message, {Relation.SELF: facts.SENT})
SENT_RECEIPTS = Scope(
    models.MessageReceipt,
    {Relation.SELF: Q(message__sender_id=ME, message__sender_deleted_at__isnull=True)},
)

GROUPS = Scope(models.MessageGroup, {Relation.SELF: Q(writer_id=ME)})
CORRESPONDENTS = Scope(models.Person, {Relation.SELF: Q(id__in=facts.ADDRESSEES)})
