"""Internal mail: sending messages, reading them, and putting them away."""

import strawberry

from resolvers.messages.boxes import (
    archive_messages,
    delete_messages,
    move_messages,
    restore_messages,
)
from resolvers.messages.digests import change_mail_settings
from resolvers.messages.drafts import (
    discard_message_draft,
    save_message_draft,
    send_message_draft,
)
from resolvers.messages.folders import (
    create_message_folder,
    remove_message_folder,
    rename_message_folder,
)
from resolvers.messages.opening import mark_message_read
from resolvers.messages.reports import report_message, resolve_message_report
from resolvers.messages.sending import send_message


@strawberry.type
class MessagesMutation:
    """Sending, reading, keeping and reporting internal mail."""

    send_message = send_message
    save_message_draft = save_message_draft
    discard_message_draft = discard_message_draft
    send_message_draft = send_message_draft
    mark_message_read = mark_message_read
    archive_messages = archive_messages
    restore_messages = restore_messages
    move_messages = move_messages
    delete_messages = delete_messages
    create_message_folder = create_message_folder
    rename_message_folder = rename_message_folder
    remove_message_folder = remove_message_folder
    report_message = report_message
    resolve_message_report = resolve_message_report
    change_mail_settings = change_mail_settings
