"""Internal mail: sending and reading messages."""

import strawberry

from resolvers.messages.opening import mark_message_read
from resolvers.messages.sending import send_message


@strawberry.type
class MessagesMutation:
    """Sending and reading internal mail."""

    send_message = send_message
    mark_message_read = mark_message_read
