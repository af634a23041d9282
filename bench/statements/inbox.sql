-- Inbox for anybody who is signed in: the newest messages, and how many there are.
SELECT convert_to('{"data":{"viewer":{"id":"' || encode(('Viewer:' || account.id)::bytea, 'base64')
    || '","inbox":{"totalCount":' || (
        SELECT count(*) FROM message_receipt receipt
        WHERE receipt.recipient_id = account.person_id AND receipt.deleted_at IS NULL
          AND receipt.folder_id IS NULL AND receipt.archived_at IS NULL
    )
    || ',"edges":[' || coalesce(page.edges, '')
    || '],"pageInfo":{"hasNextPage":' || page.has_next
    || ',"endCursor":' || coalesce('"' || page.cursors[least(page.size, $3)] || '"', 'null')
    || '}}}}}', 'UTF8')
FROM session
JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
CROSS JOIN LATERAL (
    SELECT string_agg(
               '{"cursor":"' || line.cursor
               || '","node":{"id":"' || encode(('MessageReceipt:' || line.id)::bytea, 'base64')
               || '","readAt":' || coalesce(
                   '"' || replace((line.read_at AT TIME ZONE 'UTC')::text, ' ', 'T') || '+00:00"',
                   'null')
               || ',"message":{"id":"' || encode(('Message:' || message.id)::bytea, 'base64')
               || '","subject":' || to_json(message.subject)
               || ',"body":' || to_json(message.body)
               || ',"sentAt":"' || replace((message.sent_at AT TIME ZONE 'UTC')::text, ' ', 'T')
               || '+00:00","sender":{"id":"'
               || encode(('Correspondent:' || sender.id)::bytea, 'base64')
               || '","fullName":' || to_json(sender.full_name) || '}}}}',
               ',' ORDER BY line.place
           ) FILTER (WHERE line.place <= $3) AS edges,
           array_agg(line.cursor ORDER BY line.place) AS cursors,
           count(*) AS size,
           count(*) > $3 AS has_next
    FROM (
        SELECT row_number() OVER (ORDER BY receipt.message_id DESC) AS place,
               encode(('[' || receipt.message_id || ']')::bytea, 'base64') AS cursor,
               receipt.id, receipt.message_id, receipt.read_at
        FROM message_receipt receipt
        WHERE receipt.recipient_id = account.person_id AND receipt.deleted_at IS NULL
          AND receipt.folder_id IS NULL AND receipt.archived_at IS NULL
        ORDER BY receipt.message_id DESC LIMIT $3 + 1
    ) line
    JOIN message ON message.id = line.message_id
    JOIN person sender ON sender.id = message.sender_id
) page
WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
  AND account.id = $2
